// Lists whose order one chooses, [data-sorts="/address"]: dragged by the grip of a row, or moved by
// arrows on it. The rows' numbers go to the address.
import htmx from "htmx.org"

let dragged

function save(list) {
  const numbers = [...list.children].map(one => one.dataset.number).join()
  htmx.ajax("PUT", list.dataset.sorts, { source: list, swap: "none", values: { numbers } })
}

document.addEventListener("keydown", event => {
  const grip = event.target.closest?.("[data-grip]")
  const way = { ArrowUp: "previousElementSibling", ArrowDown: "nextElementSibling" }[event.key]
  if (!grip || !way) return
  event.preventDefault()
  const row = grip.closest("[data-number]")
  const other = row[way]
  if (!other) return
  if (event.key === "ArrowUp") other.before(row)
  else other.after(row)
  grip.focus()
  save(row.parentElement)
})

document.addEventListener("dragstart", event => {
  dragged = event.target.closest?.("[data-grip]")?.closest("[data-number]")
  if (!dragged) return
  event.dataTransfer.effectAllowed = "move"
  event.dataTransfer.setDragImage(dragged, 12, 12)
  dragged.classList.add("is-dragged")
})

document.addEventListener("dragover", event => {
  const over = dragged && [...dragged.parentElement.children].find(one => one.contains(event.target))
  if (!over) return
  event.preventDefault()
  const { top, height } = over.getBoundingClientRect()
  if (over !== dragged) over[event.clientY < top + height / 2 ? "before" : "after"](dragged)
})

document.addEventListener("dragend", () => {
  if (!dragged) return
  dragged.classList.remove("is-dragged")
  save(dragged.parentElement)
  dragged = undefined
})
