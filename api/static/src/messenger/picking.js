// Chats that are picked for one deed. Rows are drawn anew by others: what is picked is kept here,
// and so is the bar of what can be done to them.
import htmx from "htmx.org"
import { perform, stop } from "./deeds.js"
import { view } from "./rows.js"

const ASKED = new Set(["take_over", "give_back"]) // the robot answers to it: a question first
const picked = new Set()
let last, asked, drawing
const bar = () => document.querySelector("#picking > .picking")
const boxes = () => [...document.querySelectorAll("#rows .pick")]
const leadOf = box => Number(box.closest("[data-lead]").dataset.lead)

export const chosen = () => [...picked]

/** A box was ticked, or not any more; with Shift all from the last one to it. */
export function toggle(box, on, through) {
  const all = boxes()
  const from = through && last ? all.findIndex(one => leadOf(one) === last) : -1
  const to = all.indexOf(box)
  const range = from < 0 ? [box] : all.slice(Math.min(from, to), Math.max(from, to) + 1)
  for (const one of range) put(leadOf(one), on)
  last = leadOf(box)
  return show()
}

export function toggleLead(lead) {
  if (!lead) return
  put(lead, !picked.has(lead))
  last = lead
  return show()
}

const put = (lead, on) => (on ? picked.add(lead) : picked.delete(lead))

function none() {
  picked.clear()
  return show()
}

async function all() {
  const answer = await fetch(`/leads/chosen?${view()}`)
  if (!answer.ok) return
  for (const lead of (await answer.json()).leads) picked.add(lead)
  await show()
}

async function show() {
  mark()
  const slot = document.getElementById("picking")
  if (picked.size && !bar()) {
    drawing ??= htmx.ajax("GET", `/deeds/bar?${view()}`, { source: slot, target: slot, swap: "innerHTML" })
    await drawing
    drawing = undefined
  }
  if (!picked.size && !bar()?.querySelector("[data-failed]:not([hidden])")) slot.replaceChildren()
  mark()
}

// What was drawn since knows nothing of it.
function mark() {
  for (const box of boxes()) box.checked = picked.has(leadOf(box))
  document.getElementById("chats")?.classList.toggle("is-picking", picked.size > 0)
  const many = bar()?.querySelector("[data-many]")
  if (many) many.textContent = many.dataset.said.replace("{n}", picked.size)
}

/** A deed on these leads; afterwards none is picked. */
export async function run(kind, value, leads) {
  if (ASKED.has(kind) && leads.length > 1 && asked?.leads !== leads) return question(kind, leads)
  asked = undefined
  if (leads.length > 1) await show()
  picked.clear()
  await perform(kind, value, leads, bar())
  await show()
}

async function question(kind, leads) {
  asked = { kind, leads }
  const path = `/deeds/preview?kind=${kind}&${leads.map(lead => `lead=${lead}`).join("&")}`
  const slot = document.getElementById("asking-slot")
  await htmx.ajax("GET", path, { source: slot, target: slot, swap: "innerHTML" })
}

function click({ target }) {
  const part = target.closest?.("[data-pick], [data-deed], [data-asked]")
  if (!part) return
  const { pick, deed, value } = part.dataset
  if (pick) ({ all, none, stop })[pick]()
  else if (deed) run(deed, value, chosen())
  else if (asked) run(asked.kind, undefined, asked.leads)
  part.closest("details")?.removeAttribute("open")
}

document.addEventListener("click", click)
document.addEventListener("htmx:after:swap", mark)
document.addEventListener("keydown", event => {
  if (event.key === "Escape" && picked.size && !event.target.closest?.("dialog, details[open]")) none()
})
