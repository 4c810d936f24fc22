// Ctrl K: a chat, a view, a page or an act by its name. Loaded when first asked for.
import htmx from "htmx.org"
import { go } from "./going.js"
import { act } from "./keys.js"

const dialog = () => document.getElementById("palette")
const entries = () => [...(dialog()?.querySelectorAll("[role=option].mi") ?? [])]
let before // what had the focus: an act is done there

export async function open() {
  if (dialog()?.open) return
  before = document.activeElement
  let slot = document.getElementById("palette-slot")
  if (!slot) {
    slot = Object.assign(document.createElement("div"), { id: "palette-slot" })
    document.body.append(slot)
    slot.addEventListener("keydown", walk)
    slot.addEventListener("click", click)
    slot.addEventListener("htmx:after:swap", () => choose(entries()[0]))
  }
  await htmx.ajax("GET", "/palette", { source: slot, target: slot, swap: "innerHTML" })
  choose(entries()[0])
}

function choose(entry) {
  for (const one of entries()) one.setAttribute("aria-selected", String(one === entry))
  const field = dialog()?.querySelector("input")
  if (entry) field.setAttribute("aria-activedescendant", entry.id)
  else field?.removeAttribute("aria-activedescendant")
  entry?.scrollIntoView({ block: "nearest" })
}

function walk(event) {
  const all = entries()
  const at = all.findIndex(one => one.ariaSelected === "true")
  const way = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (way && all.length) choose(all[(at + way + all.length) % all.length])
  else if (event.key === "Enter") all[at]?.click()
  else return
  event.preventDefault()
}

function click(event) {
  const entry = event.target.closest("[role=option].mi")
  if (!entry || event.ctrlKey || event.metaKey) return
  event.preventDefault()
  dialog().close()
  if (entry.dataset.press) {
    before?.focus?.()
    before?.matches?.("input, textarea") && before.blur()
    act(entry.dataset.press)
  } else go(entry)
}
