// What others change is asked for card by card; how many stand in each column and what they have paid,
// once in a while.
import htmx from "htmx.org"

const CARDS_AT_MOST_EVERY = 400 // ms
const TALLIES_AT_MOST_EVERY = 3000
const MOST_CARDS = 100
export const board = document.getElementById("board")
export const query = () => document.getElementById("columns").dataset.query
const ask = (path, at) => htmx.ajax("GET", `${path}${query()}`, { source: at, target: at, swap: "none" }).catch(() => {})
const changed = new Set()
let asking, tallying, drawn

export function change(lead) {
  if (changed.size < MOST_CARDS) changed.add(lead)
  tally()
  asking ??= setTimeout(() => {
    asking = undefined
    const asked = [...changed].map(one => `lead=${one}`).join("&")
    changed.clear()
    ask(`/deals/cards?${asked}&`, "#columns")
  }, CARDS_AT_MOST_EVERY)
}

export function tally(after = TALLIES_AT_MOST_EVERY) {
  if (after === TALLIES_AT_MOST_EVERY && tallying) return
  clearTimeout(tallying)
  tallying = setTimeout(() => {
    tallying = undefined
    if (!document.hidden) ask("/deals/tallies?", "#deals-whole")
  }, after)
}

// A swap changes a card where it is shown: to another column it goes here.
function settle(card) {
  const list = document.getElementById(`col-${card.dataset.stage}`)
  if (!list || card.parentElement === list) return
  const at = one => Number(one.dataset[list.dataset.by])
  const focused = card.contains(document.activeElement) && document.activeElement
  list.insertBefore(card, [...list.children].find(one => !(at(one) > at(card))) ?? null)
  focused?.focus?.()
}

// Pages are laid one under another; a card that moved meanwhile is there already.
function once() {
  const known = new Set()
  for (const one of board.querySelectorAll(".deal")) {
    if (known.has(one.id)) one.remove()
    else settle(one)
    known.add(one.id)
  }
  for (const list of board.querySelectorAll(".col > ul")) list.toggleAttribute("data-more", Boolean(list.querySelector(".deals__more")))
  board.dataset.refresh = `/deals/columns?${query()}`
  const columns = document.getElementById("columns")
  if (columns !== drawn) tally(0)
  drawn = columns
}

export function start() {
  board.dataset.refreshSwap = "innerHTML"
  document.addEventListener("live", ({ detail: { kind, lead } }) => {
    if (kind === "row") change(lead)
    else if (kind === "gone") tally()
  })
  htmx.on("htmx:after:swap", once)
  once()
}
