// What can be done with one message: react, reply, quote, copy, edit, delete.
import htmx from "htmx.org"

const MARGIN = 8 // px
const main = () => document.querySelector("main[data-open-lead]")
const composer = () => document.querySelector("message-composer")
const me = () => document.querySelector(".msgr")?.dataset.person
const pathOf = bubble => `/leads/${main().dataset.openLead}/messages/${bubble.dataset.message}`
const ask = (method, path, more = {}) => htmx.ajax(method, path, { source: main(), target: main(), swap: "none", ...more }).catch(() => {})
let about

/** `at` is a pointer's place, or the button that was pressed. */
export function menu(bubble, at) {
  document.querySelector(".message-menu")?.remove()
  about = { bubble, words: selected(bubble) }
  const made = document.getElementById("message-menu").content.cloneNode(true).firstElementChild
  const may = allowed(bubble)
  for (const one of made.querySelectorAll("[data-do]")) one.hidden = !may.has(one.dataset.do)
  made.querySelector(".faces").hidden = !may.has("react")
  for (const face of made.querySelectorAll("[data-emoji]")) {
    const ours = face.dataset.emoji === bubble.dataset.ours
    face.ariaChecked = String(ours)
    if (ours) face.hidden = false
  }
  made.addEventListener("click", press)
  made.addEventListener("keydown", walk)
  made.addEventListener("toggle", ({ newState }) => newState === "closed" && setTimeout(() => made.remove()))
  document.body.append(made)
  made.showPopover()
  put(made, at)
  choices(made)[0]?.focus()
}

function allowed(bubble) {
  const may = new Set((bubble.dataset.can ?? "").split(" ").filter(Boolean))
  if (bubble.dataset.by !== me()) ["edit", "delete"].forEach(one => may.delete(one))
  if (!composer()) may.clear()
  if (may.has("reply") && about.words) may.add("quote")
  if (bubble.querySelector(".said-text")) may.add("copy")
  if (bubble.matches(".is-out, .is-auto") && composer()?.querySelector("[data-act=templates]")) may.add("keep")
  return may
}

// As it stands in the text: what a browser would copy has other spaces.
function selected(bubble) {
  const chosen = getSelection()
  const text = bubble.querySelector(".said-text")
  if (!text || !chosen.rangeCount || chosen.isCollapsed) return ""
  const range = chosen.getRangeAt(0)
  if (!text.contains(range.startContainer) || !text.contains(range.endContainer)) return ""
  return range.toString().trim()
}

function put(made, at) {
  const from = at.getBoundingClientRect?.() ?? { left: at.clientX, bottom: at.clientY, top: at.clientY }
  const { offsetWidth: width, offsetHeight: height } = made
  const below = from.bottom + 4 + height < innerHeight - MARGIN
  made.style.left = `${Math.max(MARGIN, Math.min(from.left, innerWidth - width - MARGIN))}px`
  made.style.top = `${Math.max(MARGIN, below ? from.bottom + 4 : from.top - height - 4)}px`
}

const choices = made => [...made.querySelectorAll("button")].filter(one => one.checkVisibility())

function walk(event) {
  const all = choices(event.currentTarget)
  const at = all.indexOf(document.activeElement)
  const way = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key]
  if (!way) return
  event.preventDefault()
  all[(at + way + all.length) % all.length]?.focus()
}

function press({ currentTarget: made, target }) {
  const face = target.closest("[data-emoji]")?.dataset.emoji
  const act = target.closest("[data-do]")?.dataset.do
  if (target.closest("[data-act=faces]")) {
    for (const one of made.querySelectorAll(".faces [hidden]")) one.hidden = false
    target.closest("[data-act=faces]").remove()
    return made.querySelector(".faces").classList.add("is-all")
  }
  if (!face && !act) return
  made.hidePopover()
  const { bubble, words } = about
  if (face && face === bubble.dataset.ours) ask("DELETE", `${pathOf(bubble)}/reaction`)
  else if (face) ask("PUT", `${pathOf(bubble)}/reaction`, { values: { emoji: face } })
  if (act === "reply") composer().reply(bubble)
  if (act === "quote") composer().reply(bubble, words)
  if (act === "copy") navigator.clipboard?.writeText(words || bubble.querySelector(".said-text").textContent)
  if (act === "keep") import("./keep.js").then(({ said }) => said(bubble))
  if (act === "edit") edit(bubble)
  if (act === "delete") remove(bubble)
}

function remove(bubble) {
  const gone = bubble.dataset.state === "sent"
  if (!gone) return ask("DELETE", pathOf(bubble))
  const dialog = document.getElementById("delete-message")
  dialog.querySelector("[data-act=delete-message]").onclick = () => {
    dialog.close()
    ask("POST", `${pathOf(bubble)}/deletion`)
  }
  dialog.showModal()
}

/** One's own message anew, in place of the composer. */
export async function edit(bubble) {
  const slot = document.getElementById(`editing-${main().dataset.openLead}`)
  await ask("GET", `${pathOf(bubble)}/edit`, { source: slot, target: slot, swap: "innerHTML" })
  const field = slot.querySelector("textarea")
  field?.focus()
  field?.setSelectionRange(field.value.length, field.value.length)
}

function leave() {
  document.querySelector(".editing")?.remove()
  composer()?.querySelector("textarea")?.focus()
}

document.addEventListener("click", ({ target }) => target.closest?.("[data-act=unedit]") && leave())
document.addEventListener("keydown", event => {
  const form = event.target.closest?.(".editing")
  if (!form || event.isComposing) return
  if (event.key === "Escape") (event.preventDefault(), leave())
  if (event.key !== "Enter" || event.shiftKey || !event.target.matches("textarea")) return
  event.preventDefault()
  form.requestSubmit()
})
document.addEventListener("htmx:after:request", ({ target, detail }) => {
  if (target.matches?.(".editing") && detail.ctx.response.status < 300) leave()
})
