// A move is shown at once and taken back when it is refused.
import htmx from "htmx.org"
import { say, slotOf } from "../requests.js"
import { toast } from "../toasts.js"
import { board, change, query, tally } from "./changes.js"

const SOON = 300 // ms

export async function move(card, to) {
  const { lead, stage: was, v } = card.dataset
  if (to === was || card.classList.contains("is-moving")) return
  const [list, next] = [card.parentElement, card.nextElementSibling]
  lay(card, document.getElementById(`col-${to}`), undefined)
  card.dataset.stage = to
  card.dataset.v = Number(v) + 0.5 // what was asked for before does not undo it
  card.classList.add("is-moving")
  const headers = { "X-CSRF": document.body.dataset.csrf, "HX-Request": "true" }
  const body = new URLSearchParams({ to, was })
  const answer = await fetch(`/deals/${lead}/stage?${query()}`, { method: "PUT", headers, body }).catch(() => null)
  const text = await answer?.text().catch(() => "")
  card.classList.remove("is-moving")
  tally(SOON)
  if (answer?.ok) {
    slotOf(board).replaceChildren()
    htmx.swap({ text, target: document.body, swap: "none", sourceElement: document.body })
    const told = answer.headers.get("HX-Trigger")
    return told && toast(JSON.parse(told).toast)
  }
  Object.assign(card.dataset, { stage: was, v })
  lay(card, list, next?.parentElement === list ? next : null)
  if (text) htmx.swap({ text, target: slotOf(board), swap: "innerHTML", sourceElement: board })
  else say(board, "no-answer")
  if (answer) change(lead)
}

// Into a column, or out of sight when the board has none for it. `before` undefined: at its head.
function lay(card, list, before) {
  const focused = card.contains(document.activeElement) && document.activeElement
  card.hidden = !list
  if (!list) return
  list.insertBefore(card, before === undefined ? list.firstElementChild : before)
  focused?.focus?.()
  card.scrollIntoView({ block: "nearest", inline: "nearest" })
}
