// The page of tasks: asked again when one of them has changed, here or elsewhere, and walked by keys.
import htmx from "htmx.org"
import { key } from "./keys.js"

const PAGE = 50
const SOON = 300, AT_MOST_EVERY = 3000 // ms: what others do comes in bursts
const list = () => document.getElementById("tasks")
const rows = () => [...document.querySelectorAll("#task-rows .trow > input")]
let asking, asked = 0

function ask(wait = Math.max(SOON, asked + AT_MOST_EVERY - Date.now())) {
  if (!wait) clearTimeout(asking)
  else if (asking) return
  asking = setTimeout(load, wait)
}

async function load() {
  asking = undefined
  asked = Date.now()
  if (!list() || !navigator.onLine) return
  // an open menu is in somebody's hand
  if (document.querySelector("#task-rows details[open]")) return ask(SOON)
  const many = Math.min(500, Math.max(PAGE, Math.ceil(rows().length / PAGE) * PAGE))
  await htmx.ajax("GET", `${list().dataset.again}&many=${many}`, { source: list(), target: list(), swap: "outerMorph" }).catch(() => {})
}

function hear({ detail: { kind, lead, tasks } }) {
  if (kind === "hello" || kind === "resync" || kind === "gone") ask()
  else if (kind === "row" && (tasks || document.querySelector(`#task-rows [data-lead="${Number(lead)}"]`))) ask()
}

function walk(by) {
  const all = rows()
  const at = all.findIndex(one => one.closest(".trow").contains(document.activeElement))
  all[Math.min(all.length - 1, Math.max(0, at + by))]?.focus()
}

const later = () => document.activeElement.closest?.(".trow")?.querySelector(".later > summary")?.click()
const open = () => document.activeElement.closest?.(".trow")?.querySelector("a")?.click()

export function start() {
  document.addEventListener("live", hear)
  document.addEventListener("tasks-changed", () => {
    for (const one of document.querySelectorAll("#task-rows details[open]")) one.open = false
    ask(0)
  })
  for (const [name, act] of [["KeyJ", () => walk(1)], ["ArrowDown", () => walk(1)], ["KeyK", () => walk(-1)], ["ArrowUp", () => walk(-1)]]) key(name, act)
  key("KeyL", later)
  key("KeyO", open)
  setInterval(ask, 60_000) // the clock alone makes a task overdue
}
