// Searching inside the open conversation: words are marked where they stand, one hit after another.
import { go } from "./places.js"
import { words } from "./words.js"

const SOON = 250 // ms after the last letter
const bar = () => document.querySelector(".seek")
let places = [], at = -1, marks, typing, asked = ""

export function seek() {
  const main = document.querySelector("main[data-open-lead]")
  if (!bar()) {
    const made = document.getElementById("seek-bar").content.cloneNode(true).firstElementChild
    main.querySelector("header").after(made)
    wire(made)
  }
  bar().querySelector("input").select()
}

function wire(made) {
  const field = made.querySelector("input")
  field.addEventListener("input", () => (clearTimeout(typing), typing = setTimeout(find, SOON, field)))
  made.addEventListener("submit", event => (event.preventDefault(), asked === field.value ? step(1) : find(field)))
  made.addEventListener("keydown", event => {
    if (event.key === "Escape") close()
    else if (event.key === "Enter" && event.shiftKey) step(-1)
    else return
    event.preventDefault()
  })
  made.addEventListener("click", ({ target }) => {
    const act = target.closest("[data-act]")?.dataset.act
    if (act === "later") step(-1)
    if (act === "unseek") close()
    if (act === "day") document.querySelector(".log-day input").showPicker?.()
  })
  document.addEventListener("htmx:after:swap", mark)
  ;[places, at, marks, asked] = [[], -1, null, ""]
}

function close() {
  bar().remove()
  document.removeEventListener("htmx:after:swap", mark)
  marks = null
  mark()
  document.querySelector("message-composer textarea")?.focus()
}

async function find(field) {
  clearTimeout(typing)
  asked = field.value
  const { openLead } = document.querySelector("main[data-open-lead]").dataset
  const answer = await fetch(`/leads/${openLead}/messages/found?q=${encodeURIComponent(asked)}`).catch(() => null)
  if (!answer?.ok || asked !== field.value) return
  const found = await answer.json()
  ;[places, at] = [found.places, -1]
  marks = found.words.length ? new RegExp(`(?<![\\p{L}\\p{N}_])(?:${found.words.join("|")})`, "giu") : null
  mark()
  if (places.length) step(1)
  else say()
}

// Newest first: onwards is upwards.
async function step(way) {
  if (!places.length) return
  at = (at + way + places.length) % places.length
  say()
  await go(places[at])
}

function say() {
  const text = places.length ? words("found", { n: at + 1, all: places.length }) : asked ? words("nothing") : ""
  if (bar()) bar().querySelector("output").textContent = text
}

// Ranges, not elements: what is shown of a message stays as the server wrote it.
function mark() {
  if (!globalThis.Highlight) return
  const ranges = marks && bar() ? [...document.querySelectorAll("message-log .said-text")].flatMap(rangesIn) : []
  CSS.highlights.set("sought", new Highlight(...ranges))
}

function rangesIn(text) {
  const found = []
  const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    for (const { 0: word, index } of walker.currentNode.data.matchAll(marks)) {
      const range = new Range()
      range.setStart(walker.currentNode, index)
      range.setEnd(walker.currentNode, index + word.length)
      found.push(range)
    }
  }
  return found
}
