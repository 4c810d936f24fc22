// Cards are carried between columns by pointer, by Alt and arrows, or from a menu.
import { board } from "./changes.js"
import { move } from "./move.js"

const menu = document.getElementById("deal-to")
const columns = () => [...board.querySelectorAll(".col")]
const cardsOf = column => [...column.querySelectorAll(".deal")]
let dragged, chosen

const open = column => column && !("closed" in column.dataset)

function neighbour(card, way) {
  const all = columns().filter(open)
  return all[all.indexOf(card.closest(".col")) + way]?.dataset.stage
}

function walk(event) {
  const card = event.target.closest?.(".deal")
  const [across, along] = [{ ArrowLeft: -1, ArrowRight: 1 }[event.key], { ArrowUp: -1, ArrowDown: 1 }[event.key]]
  if (!card || event.ctrlKey || event.metaKey || !(across || along)) return
  if (event.altKey && !(across && card.draggable)) return
  event.preventDefault()
  if (event.altKey) {
    const to = neighbour(card, across)
    return to && move(card, to)
  }
  const cards = cardsOf(card.closest(".col"))
  const row = cards.indexOf(card)
  if (along) return focusOn(cards[row + along])
  const all = columns()
  for (let at = all.indexOf(card.closest(".col")) + across; all[at]; at += across) {
    const there = cardsOf(all[at])
    if (there.length) return focusOn(there[Math.min(row, there.length - 1)])
  }
}

const focusOn = card => card?.querySelector("a").focus()

function offer(button) {
  chosen = button.closest(".deal")
  for (const one of menu.querySelectorAll("[data-to]")) one.disabled = one.dataset.to === chosen.dataset.stage
  menu.showPopover()
  const { bottom, right } = button.getBoundingClientRect()
  const { offsetWidth: width, offsetHeight: height } = menu
  menu.style.setProperty("left", `${Math.max(8, right - width)}px`)
  menu.style.setProperty("top", `${Math.max(8, Math.min(bottom, innerHeight - height - 8))}px`)
  menu.querySelector("[data-to]:enabled")?.focus()
}

function choose(event) {
  const way = { ArrowUp: -1, ArrowDown: 1 }[event.key]
  if (!way) return
  event.preventDefault()
  const all = [...menu.querySelectorAll("[data-to]:enabled")]
  all.at((all.indexOf(document.activeElement) + way) % all.length).focus()
}

function over(event) {
  const column = event.target.closest?.(".col")
  for (const one of columns()) one.classList.toggle("is-drop", Boolean(dragged) && one === column && open(column))
  if (dragged && open(column)) event.preventDefault()
}

export function start() {
  board.addEventListener("keydown", walk)
  board.addEventListener("click", event => {
    const button = event.target.closest("[data-to-menu]")
    if (button) offer(button)
  })
  menu?.addEventListener("keydown", choose)
  menu?.addEventListener("click", ({ target }) => {
    const to = target.closest("[data-to]")?.dataset.to
    if (!to) return
    menu.hidePopover()
    focusOn(chosen)
    move(chosen, to)
  })
  board.addEventListener("dragstart", event => {
    dragged = event.target.closest?.(".deal[draggable]")
    if (!dragged) return
    event.dataTransfer.effectAllowed = "move"
    event.dataTransfer.setData("text/plain", dragged.querySelector(".deal__name").textContent)
    requestAnimationFrame(() => dragged?.classList.add("is-drag"))
  })
  board.addEventListener("dragover", over)
  board.addEventListener("drop", event => {
    event.preventDefault()
    const column = event.target.closest(".col")
    if (dragged && open(column)) move(dragged, column.dataset.stage)
  })
  document.addEventListener("dragend", event => {
    dragged?.classList.remove("is-drag")
    dragged = undefined
    over(event)
  })
}
