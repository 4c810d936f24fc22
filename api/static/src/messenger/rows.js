// The chat list: opens chats without leaving the page, walks them by keys, asks for counts anew.
// <chat-rows> holds lists marked [data-rows]; #tabs says which view it is.
import htmx from "htmx.org"
import { key } from "../keys.js"

const COUNT_AT_MOST_EVERY = 3000 // ms
const JUDGE_AT_MOST_EVERY = 300
const MOST_JUDGED = 100
let opening // the row whose chat is on its way
const rows = () => [...document.querySelectorAll("[data-rows] .row")]
const shown = () => document.querySelector("[data-rows] .row[aria-current]")
const list = () => document.getElementById("rows")
export const view = () => document.getElementById("tabs")?.dataset.query ?? ""
const ask = (path, id) => htmx.ajax("GET", path, { source: `#${id}`, target: `#${id}`, swap: "none" }).catch(() => {})
const picking = () => import("./picking.js")

class ChatRows extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", click)
    this.addEventListener("keydown", walk)
  }
}

// What the box says now: another press may come before this one is heard.
function pick({ target, shiftKey }) {
  const on = target.checked
  picking().then(it => it.toggle(target, on, shiftKey))
}

function click(event) {
  if (event.target.matches(".pick")) return pick(event)
  const row = event.target.closest(".row")
  if (!row || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return
  event.preventDefault()
  open(row.href, { row, write: matchMedia("(hover: hover)").matches })
}

/** Opens a chat beside the list; the view (tab, filter, search) stays in the address. */
export async function open(href, { row = null, write = false } = {}) {
  const url = new URL(href, location)
  for (const [name, value] of new URLSearchParams(view())) url.searchParams.append(name, value)
  select((opening = row))
  const address = url.pathname + url.search
  await htmx.ajax("GET", address, { source: "#open", target: "#open", swap: "innerHTML settle:0", push: address })
  if (opening === row) opening = undefined
  if (write) document.querySelector("message-composer textarea")?.focus()
}

// One row at most is the open one, whatever a fragment that was drawn a moment ago says.
function select(row) {
  for (const one of rows()) {
    if (one === row) one.setAttribute("aria-current", "true")
    else one.removeAttribute("aria-current")
  }
  row?.scrollIntoView({ block: "nearest" })
}

function walk(event) {
  const way = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (!way || !event.target.matches(".row")) return
  event.preventDefault()
  step(event.target, way)?.focus()
}

const step = (from, way) => rows()[rows().indexOf(from) + way]

function next(way) {
  const row = shown() ? step(shown(), way) : rows()[0]
  if (!row) return
  row.focus()
  open(row.href, { row })
}

// Pages are laid one under another; a row that moved up meanwhile is there already.
function once() {
  const known = new Set()
  for (const one of document.querySelectorAll("#rows > [id]")) {
    if (known.has(one.id)) one.remove()
    known.add(one.id)
  }
  const chats = document.getElementById("chats")
  if (!chats) return
  if (!opening) {
    const lead = document.querySelector("main[data-open-lead]")?.dataset.openLead
    const row = lead && document.querySelector(`#lead-${lead} .row`)
    if (shown() !== row || rows().filter(one => one.ariaCurrent).length > 1) select(row)
  }
  list()?.toggleAttribute("data-more", Boolean(document.querySelector("#more[hx-get]")))
  chats.dataset.refresh = list()
    ? `/leads/rows?again=1&size=${Math.min(500, Math.max(50, known.size))}&${view()}`
    : `/leads/counts?${view()}`
  const field = document.getElementById("q")
  if (field !== document.activeElement) field.value = new URLSearchParams(view()).get("q") ?? ""
}

let counting
function count() {
  counting ??= setTimeout(() => {
    counting = undefined
    if (document.getElementById("tabs") && !document.hidden) ask(`/leads/counts?${view()}`, "tabs")
  }, COUNT_AT_MOST_EVERY)
}

// Whether a changed chat stands in a filtered view only the server can say.
const changed = new Set()
let judging
function judge(lead) {
  if (!list()?.dataset.accepts.startsWith("in=")) return
  if (changed.size < MOST_JUDGED) changed.add(lead)
  judging ??= setTimeout(() => {
    judging = undefined
    const asked = [...changed].map(one => `lead=${one}`).join("&")
    changed.clear()
    ask(`/leads/belonging?${asked}&${view()}`, "rows")
  }, JUDGE_AT_MOST_EVERY)
}

export function start() {
  customElements.define("chat-rows", ChatRows)
  once()
  key("KeyJ", () => next(1))
  key("KeyK", () => next(-1))
  htmx.on("htmx:after:swap", once)
  htmx.on("list-changed", () => htmx.ajax("GET", `/leads/rows?typed=1&${view()}`, { source: "#chats", target: "#chats", swap: "innerHTML" }))
  document.addEventListener("live", ({ detail: { kind, lead } }) => {
    if (kind === "row") (count(), judge(lead))
  })
}
