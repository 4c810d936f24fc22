// The page's end of the live updates. A message is put in by key; whatever may have been missed is
// asked for: each [data-refresh] is an address whose answer makes its element equal the database
// ({seq} stands for what the element's cursor has seen). NOTIFY is only a doorbell.
import htmx from "htmx.org"
import { policy } from "./trusted.js"

const cursor = lead => document.getElementById(`cursor-${lead}`)
const opened = () => [...document.querySelectorAll("[data-open-lead]")].map(one => Number(one.dataset.openLead))
// Changes that came while an answer was on its way: it may be older than they are.
const meanwhile = []
const AGAIN = 1500 // ms
let line, asking = 0

function hear(message) {
  const { kind, lead, after, html } = message
  if (kind === "state") document.documentElement.dataset.link = message.state
  else if (kind === "hello" && message.seamless) document.querySelectorAll("[data-open-lead]").forEach(refresh)
  else if (kind === "hello" || kind === "resync") refresh()
  else if (kind === "gone") now(() => leave(lead))
  else if (kind === "pins") document.querySelectorAll("#chats[data-refresh]").forEach(refresh)
  else if (html) {
    const seen = cursor(lead)
    if (seen && Number(seen.dataset.seq) < after) refresh(seen.closest("[data-refresh]"))
    else now(() => show(html))
  }
  document.dispatchEvent(new CustomEvent("live", { detail: message }))
}

function now(change) {
  if (asking) meanwhile.push(change)
  change()
}

function show(html) {
  htmx.swap({ text: html, target: document.body, swap: "none", sourceElement: document.body })
}

export function refresh(only) {
  for (const element of only ? [only] : document.querySelectorAll("[data-refresh]")) {
    const seen = element.querySelector("[data-seq]")?.dataset.seq ?? element.dataset.seq ?? 0
    const path = element.dataset.refresh.replace("{seq}", seen)
    const swap = element.dataset.refreshSwap ?? "none"
    asking++
    htmx.ajax("GET", path, { source: element, target: element, swap }).catch(() => {}).then(answered)
  }
}

// Again: what such an answer has undone. An older version never replaces a newer one.
function answered() {
  if (--asking === 0) meanwhile.splice(0).forEach(change => change())
}

/** What it asked had no answer. Without a stream the next hello asks. */
export function again(element) {
  setTimeout(() => element.isConnected && document.documentElement.dataset.link === "live" && refresh(element), AGAIN)
}

/** A lead that the person may not see any more. */
export function leave(lead) {
  document.querySelectorAll(`[data-lead="${Number(lead)}"]`).forEach(one => one.remove())
}

async function connect() {
  const { worker, live } = document.body.dataset
  if (!live) return
  if (globalThis.SharedWorker) {
    const url = policy?.createScriptURL(worker) ?? worker
    const { port } = new SharedWorker(url, { name: live })
    const name = `tab-${Math.random()}`
    port.onmessage = ({ data }) => hear(data)
    navigator.locks?.request(name, () => {
      // only now: a worker that asked earlier would take us for gone
      port.postMessage({ name })
      return new Promise(() => {})
    })
    const say = data => port.postMessage(data)
    line = { open: open => say({ open }), wake: anew => say({ wake: true, anew }), freeze: () => say({ freeze: true }) }
  } else {
    // few browsers have none
    const { stream } = await import("./stream.js")
    line = stream(hear)
  }
  line.open(opened())
}

export async function start() {
  await connect()
  if (!line) return
  let before = String(opened())
  htmx.on("htmx:after:swap", () => {
    if (String(opened()) !== before) line.open(opened())
    before = String(opened())
  })
  addEventListener("online", () => line.wake(true))
  addEventListener("pageshow", event => event.persisted && refresh())
  document.addEventListener("visibilitychange", () => document.hidden || line.wake())
  document.addEventListener("freeze", () => line.freeze?.())
  document.addEventListener("resume", () => line.wake())
}
