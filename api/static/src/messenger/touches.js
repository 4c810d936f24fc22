// Small things by one click: a picture in full, the message that a quote is of, an ID into the clipboard, lines shown or hidden.
import { key } from "../keys.js"
import { go } from "./places.js"

function click(event) {
  const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey
  const picture = event.target.closest?.("[data-view]")
  if (picture && plain) {
    event.preventDefault()
    import("./viewer.js").then(({ show }) => show(picture))
  }
  const quoted = event.target.closest?.("[data-place]")
  if (quoted && plain) {
    event.preventDefault()
    go(Number(quoted.dataset.place))
  }
  const more = event.target.closest?.("[data-act=menu]")
  if (more) menuOf(more.closest(".msg"), more)
  if (event.target.closest?.("[data-act=seek]")) import("./seeking.js").then(({ seek }) => seek())
  const copied = event.target.closest?.("[data-copy]")
  if (copied) navigator.clipboard?.writeText(copied.dataset.copy)
  if (event.target.closest?.("[data-act=lines]")) lines()
  const part = event.target.closest?.(".side__nav a:not(.only-m), .posting a")
  if (part) {
    event.preventDefault() // the address keeps the drawer open
    const there = document.querySelector(part.hash)
    there?.scrollIntoView()
    there?.focus()
  }
  if (event.target.closest?.('a[href="#card"]')) location.hash = "card"
  for (const one of document.querySelectorAll("details.drop[open]")) if (!one.contains(event.target)) one.open = false
}

const menuOf = (bubble, at) => import("./menu.js").then(({ menu }) => menu(bubble, at))
const bubbles = which => [...document.querySelectorAll(`message-log .msg${which}`)]

// The menu of a message also where browsers have theirs, but not over what is theirs.
function point(event) {
  const bubble = event.target.closest?.("message-log .msg[data-message] > .bub")
  if (!bubble || event.target.closest("a, img, video, input, textarea")) return
  event.preventDefault()
  menuOf(bubble.parentElement, event)
}

// A press on a message's acts leaves its selected words selected.
const hold = event => event.target.closest?.(".bub__acts") && event.preventDefault()

function reply() {
  const last = bubbles("[data-by=client][data-can~=reply]").at(-1)
  const composer = document.querySelector("message-composer")
  if (last) composer?.reply(last)
  return Boolean(last && composer)
}

// ↑ in an empty field: one's own last message anew.
function arrow(event) {
  if (event.key !== "ArrowUp" || !event.target.matches?.("message-composer textarea") || event.target.value) return
  const me = document.querySelector(".msgr")?.dataset.person
  const last = bubbles(`[data-by="${CSS.escape(me)}"]`).findLast(one => one.dataset.can?.includes("edit"))
  if (!last) return
  event.preventDefault()
  import("./menu.js").then(({ edit }) => edit(last))
}

// The section that is being read is the current one in the strip above.
function scroll({ target }) {
  if (!target.matches?.(".side__b")) return
  const top = target.getBoundingClientRect().top
  const ended = target.scrollTop + target.clientHeight >= target.scrollHeight - 2
  const parts = [...document.querySelectorAll(".side__nav a:not(.only-m)")]
  const read = parts.filter(part => document.querySelector(part.hash)?.getBoundingClientRect().top <= top + 40)
  const current = ended ? parts.at(-1) : (read.at(-1) ?? parts[0])
  for (const part of parts) part.toggleAttribute("aria-current", part === current)
}

// The list and the card can be folded away; where the card is a drawer, its key opens that.
function fold(zone) {
  const drawer = zone === "card" && matchMedia("(max-width: 1279px)").matches
  if (drawer) location.hash = location.hash === "#card" ? "" : "card"
  else document.querySelector(".msgr")?.classList.toggle(`is-without-${zone}`)
}

// Messages only, or everything that happened too; the person's choice on every device.
function lines() {
  const shown = !document.querySelector("message-log").classList.toggle("is-only-messages")
  for (const button of document.querySelectorAll("[data-act=lines]")) button.setAttribute("aria-pressed", String(!shown))
  const headers = { "X-CSRF": document.body.dataset.csrf ?? "" }
  fetch(`/me/events?shown=${shown}`, { method: "PUT", headers }).catch(() => {})
}

export function start() {
  key("BracketLeft", () => fold("list"))
  key("BracketRight", () => fold("card"))
  key("KeyR", reply)
  document.addEventListener("click", click)
  document.addEventListener("mousedown", hold)
  document.addEventListener("contextmenu", point)
  document.addEventListener("keydown", arrow)
  document.addEventListener("scroll", scroll, { capture: true, passive: true })
}
