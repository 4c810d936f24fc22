// What the bell opens. While it is open it follows what happens, as long as nobody has gone down it.
import htmx from "htmx.org"
import { go } from "../going.js"

const SOON = 400 // ms
const AT_TOP = 40 // px
const NEVER = "notices-never" // this browser is not to be asked
const panel = document.getElementById("notices")
const isOpen = () => panel.matches(":popover-open")
let soon, before = ""

export function toggled({ newState }) {
  document.getElementById("bell").setAttribute("aria-expanded", String(newState === "open"))
  if (newState !== "open") return
  panel.focus()
  panel.querySelector("#told")?.scrollTo(0, 0)
  load()
}

export async function load() {
  await htmx.ajax("GET", "/notices", { source: panel, target: panel, swap: "innerMorph" }).catch(() => {})
  panel.querySelector("[data-again]")?.toggleAttribute("hidden", false)
  panel.querySelector("[data-may-ask]")?.toggleAttribute("hidden", !mayAsk())
}

const mayAsk = () => globalThis.Notification?.permission === "default" && !localStorage.getItem(NEVER)

async function allow(asked) {
  if (asked) await Notification.requestPermission()
  else localStorage.setItem(NEVER, "yes")
  panel.querySelector("[data-may-ask]").hidden = true
}

function follow({ detail: now }) {
  if (now === before) return
  before = now
  const list = panel.querySelector("#told")
  const paged = list?.querySelectorAll(".told__end, .told__more").length !== 1
  if (!isOpen() || (list && (list.scrollTop > AT_TOP || paged))) return
  soon ??= setTimeout(() => {
    soon = undefined
    if (isOpen()) load()
  }, SOON)
}

function click(event) {
  if (event.target.closest("[data-again]")) load()
  if (event.target.closest("[data-ask], [data-never]")) allow(event.target.closest("[data-ask]"))
  const link = event.target.closest("a[href^='/leads/']")
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return
  event.preventDefault()
  panel.hidePopover()
  go(link)
}

panel.addEventListener("click", click)
document.getElementById("bell").addEventListener("news", follow)
