// The chat list: opens chats without leaving the page, walks them by keys, asks for counts anew.
// <chat-rows> holds lists marked [data-rows].
import htmx from "htmx.org"
import { key } from "../keys.js"

const COUNT_AT_MOST_EVERY = 3000 // ms
let opening // the row whose chat is on its way
const rows = () => [...document.querySelectorAll("[data-rows] .row")]
const shown = () => document.querySelector("[data-rows] .row[aria-current]")

class ChatRows extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", click)
    this.addEventListener("keydown", walk)
  }
}

function click(event) {
  const row = event.target.closest(".row")
  if (!row || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return
  event.preventDefault()
  open(row, { write: matchMedia("(hover: hover)").matches })
}

/** Opens a row's chat beside the list; the view (tab, search) stays in the address. */
async function open(row, { write = false } = {}) {
  const url = new URL(row.href)
  for (const [name, value] of new URLSearchParams(location.search)) {
    if (name !== "at") url.searchParams.append(name, value)
  }
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
  open(row)
}

// Pages are laid one under another; a row that moved up meanwhile is there already.
function once() {
  const known = new Set()
  for (const one of document.querySelectorAll("#rows > [id]")) {
    if (known.has(one.id)) one.remove()
    known.add(one.id)
  }
  const list = document.getElementById("chats")
  if (!list) return
  if (!opening) {
    const lead = document.querySelector("main[data-open-lead]")?.dataset.openLead
    const row = lead && document.querySelector(`#lead-${lead} .row`)
    if (shown() !== row || rows().filter(one => one.ariaCurrent).length > 1) select(row)
  }
  const more = document.querySelector("#more[hx-get]")
  document.getElementById("rows")?.toggleAttribute("data-more", Boolean(more))
  const tab = document.getElementById("tabs")?.dataset.tab ?? "all"
  list.dataset.refresh = document.getElementById("rows")
    ? `/leads/rows?again=1&tab=${tab}&size=${Math.min(500, Math.max(50, known.size))}`
    : "/leads/counts"
}

let counting
function count() {
  counting ??= setTimeout(() => {
    counting = undefined
    const tab = document.getElementById("tabs")?.dataset.tab
    if (tab && !document.hidden) htmx.ajax("GET", `/leads/counts?tab=${tab}`, { source: "#tabs", target: "#tabs", swap: "none" })
  }, COUNT_AT_MOST_EVERY)
}

// Which rows and bubbles are mine is the page's own business: fragments are the same for everybody.
function mine() {
  const me = document.querySelector(".msgr")?.dataset.person
  if (!me) return
  const sheet = new CSSStyleSheet()
  const own = `[data-by="${CSS.escape(me)}"]`
  sheet.replaceSync(`${own} .is-you { display: inline } ${own} .is-other { display: none }`)
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]
}

export function start() {
  customElements.define("chat-rows", ChatRows)
  mine()
  once()
  key("KeyJ", () => next(1))
  key("KeyK", () => next(-1))
  htmx.on("htmx:after:swap", once)
  document.addEventListener("live", ({ detail }) => detail.kind === "row" && count())
  document.addEventListener("click", event => {
    const field = document.getElementById("q")
    if (event.target.closest?.("#tabs .chip") && field) field.value = ""
  })
}
