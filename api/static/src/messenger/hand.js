// Keys for the chat at hand: the ones that are picked, else the row in focus, else the open one.
// What they do is loaded when first asked for.
import htmx from "htmx.org"
import { FIELD, act, key } from "../keys.js"
import { open, view } from "./rows.js"

const picking = () => import("./picking.js")

export function atHand() {
  const row = document.activeElement?.closest?.("[data-rows] > [data-lead]")
  return Number(row?.dataset.lead ?? document.querySelector("main[data-open-lead]")?.dataset.openLead ?? 0)
}

const stands = (lead, name) => document.getElementById(`lead-${lead}`)?.dataset[name] === "yes"

async function deed(kind, otherwise, name) {
  const it = await picking()
  const leads = it.chosen().length ? it.chosen() : [atHand()].filter(Boolean)
  if (leads.length) it.run(leads.every(lead => stands(lead, name)) ? otherwise : kind, undefined, leads)
}

function pin() {
  const lead = atHand()
  if (!lead) return
  const pins = (document.getElementById("tabs")?.dataset.pins ?? "").split(" ")
  const verb = pins.includes(String(lead)) ? "DELETE" : "PUT"
  htmx.ajax(verb, `/leads/${lead}/pin?${view()}`, { source: "#tabs", target: "#tabs", swap: "none" })
}

async function nextToAnswer() {
  const current = document.querySelector("main[data-open-lead]")?.dataset.openLead ?? ""
  const answer = await fetch(`/leads/next?${current && `but=${current}`}`)
  const { lead } = answer.ok ? await answer.json() : {}
  if (lead) await open(`/leads/${lead}`, { row: document.querySelector(`#lead-${lead} .row`), write: true })
  else import("../toasts.js").then(({ toast }) => toast({ text: document.getElementById("tabs").dataset.done }))
}

function undo(event) {
  if (event.target.closest?.(FIELD)) return false // a field has its own
  const last = [...document.querySelectorAll("#toasts [hx-post]")].at(-1)
  last?.click()
  return Boolean(last)
}

export function start() {
  const talks = document.querySelector(".msgr[data-talks]")
  key("KeyA", nextToAnswer)
  key("KeyP", pin)
  document.addEventListener("click", event => {
    if (event.target.closest?.("[data-choose]")) document.getElementById("chats").classList.toggle("is-choosing")
    const { press, do: done, lead } = event.target.closest?.(".hang__menu [data-press], .hang__menu [data-do]")?.dataset ?? {}
    if (press || done) event.target.closest("details").open = false
    if (press) act(press)
    if (done) picking().then(it => it.run(done, undefined, [Number(lead)]))
  })
  if (!talks) return
  key("KeyE", () => deed("archive", "unarchive", "archived"))
  key("KeyU", () => deed("read"))
  key("Ctrl+Shift+KeyU", () => deed("read"))
  key("KeyX", () => picking().then(it => it.toggleLead(atHand())))
  key("Ctrl+KeyZ", undo)
}
