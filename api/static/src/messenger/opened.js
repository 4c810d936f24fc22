// The chat that is open: what surrounds its messages follows its state, a section that somebody is
// filling in is left alone, and whoever reads says so.
import htmx from "htmx.org"

const SOON = 150 // ms: a burst of changes is one question
const main = () => document.querySelector("main[data-open-lead]")
const cursor = () => document.querySelector("main[data-open-lead] > [data-state]")
let seen = {}, asking, reading, away = false

function hear({ detail: { kind, lead, state } }) {
  if (kind === "state") {
    if (state === "live" && away) ask() // what could not be asked meanwhile
    away = state !== "live"
  }
  const open = main()?.dataset.openLead
  if (String(lead) !== open) return
  if (kind === "gone") htmx.ajax("GET", "/leads", { source: "#open", target: "#open", swap: "innerHTML settle:0", push: "/leads" })
  if (kind === "conversation") read()
}

// The cursor says what state its messages belong to: another one, and the rest is asked for.
function look() {
  const lead = main()?.dataset.openLead
  const now = cursor()?.dataset.state ?? ""
  if (lead !== seen.lead) {
    if (lead) read()
  } else if (lead && now !== seen.state) ask()
  seen = { lead, state: now }
}

function ask() {
  asking ??= setTimeout(() => {
    asking = undefined
    const open = main()
    if (!open || !navigator.onLine) return
    const composer = open.querySelector("message-composer") ? "open" : "closed"
    const path = `/leads/${open.dataset.openLead}/state?composer=${composer}`
    htmx.ajax("GET", path, { source: open, target: open, swap: "none" }).catch(() => {})
  }, SOON)
}

function read() {
  reading ??= setTimeout(() => {
    reading = undefined
    const open = main()
    if (!open || !cursor()?.dataset.unread || document.hidden || !navigator.onLine) return
    const headers = { "X-CSRF": document.body.dataset.csrf ?? "" }
    fetch(`/leads/${open.dataset.openLead}/reading`, { method: "POST", headers }).catch(() => {})
  }, SOON)
}

// A form that is being filled in is not taken away; what comes after a gap is not put under it.
function spare({ detail: { ctx, tasks } }) {
  const kept = tasks.filter(({ type, target }) => {
    const at = typeof target === "string" ? document.querySelector(target) : target
    return type === "main" || !at?.matches?.("[data-editing], :has([data-editing])") || at.contains(ctx.sourceElement)
  })
  tasks.splice(0, Infinity, ...kept)
  for (const { target, fragment, swapSpec } of tasks) {
    const newer = target?.id?.startsWith("log-") && document.getElementById(target.id.replace("log", "newer"))
    if (swapSpec?.style !== "put" || !newer || newer === ctx.sourceElement) continue
    for (const one of [...fragment.children]) {
      if (document.getElementById(one.id)) continue
      one.remove()
      document.dispatchEvent(new CustomEvent("kept-out", { detail: one }))
    }
  }
}

export function start() {
  document.addEventListener("live", hear)
  addEventListener("online", ask)
  document.addEventListener("htmx:before:swap", spare)
  document.addEventListener("htmx:after:swap", look)
  document.addEventListener("visibilitychange", () => document.hidden || read())
  look()
}
