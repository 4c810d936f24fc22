// Pictures and videos of the conversation in full: one after another by keys, buttons or a swipe.
import { go as leave } from "../going.js"
import { go } from "./places.js"

const SWIPE = 60 // px
const viewer = document.getElementById("viewer")
const stage = viewer.querySelector(".viewer__stage")
const gallery = () => shown.closest("[data-gallery], message-log")
const all = () => [...gallery().querySelectorAll("[data-view]")]
let shown, from

export function show(link) {
  shown = link
  const number = all().indexOf(link)
  const made = link.dataset.view === "photo" ? new Image() : document.createElement("video")
  made.src = link.href
  if (made.tagName === "VIDEO") Object.assign(made, { controls: true, autoplay: true })
  else made.alt = link.querySelector("img")?.alt ?? ""
  stage.replaceChildren(made)
  viewer.querySelector("[download]").href = `${link.href}?download=1`
  viewer.querySelector(".viewer__at").textContent = `${number + 1} / ${all().length}`
  for (const button of viewer.querySelectorAll("[data-step]")) button.disabled = !next(Number(button.dataset.step))
  if (!viewer.open) viewer.showModal()
  for (const way of [1, -1]) if (next(way)?.dataset.view === "photo") new Image().src = next(way).href
}

const next = way => all()[all().indexOf(shown) + way]

function step(way) {
  if (next(way)) show(next(way))
}

viewer.addEventListener("click", ({ target }) => {
  const way = target.closest("[data-step]")?.dataset.step
  if (way) step(Number(way))
  if (target === stage) viewer.close()
  if (!target.closest("[data-act=show-message]")) return
  viewer.close()
  const place = Number((shown.closest(".msg") ?? shown).dataset.at)
  if (document.querySelector("message-log")) go(place)
  else leave(new URL(`/leads/${shown.closest("[data-library]").dataset.library}?at=${place}`, location.href))
})
viewer.addEventListener("keydown", event => {
  const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
  if (!way || event.target.matches("video")) return
  event.preventDefault()
  step(way)
})
viewer.addEventListener("close", () => {
  stage.replaceChildren()
  shown?.focus({ preventScroll: true })
})
stage.addEventListener("pointerdown", ({ clientX }) => (from = clientX))
stage.addEventListener("pointerup", ({ clientX }) => {
  if (Math.abs(clientX - from) > SWIPE) step(clientX < from ? 1 : -1)
})
