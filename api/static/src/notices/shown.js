// The browser's own notices: one a chat, with no more in it than the person may read. It goes when
// the chat is read, here or anywhere.
import { go } from "../going.js"

const MANY = "many" // in the place of a lead, when too much happens at once
const FEW = 3
const AT_ONCE = 10_000 // ms
const SOON = 500
const open = new Map() // by lead
let before = [] // when the last ones were shown
let many

export const able = () => globalThis.Notification?.permission === "granted"

export function show(kind, lead, one) {
  const now = Date.now()
  before = [...before.filter(at => at > now - AT_ONCE), now]
  const words = kind === "message" ? one.text : one.called[kind] ?? one.said
  if (before.length <= FEW) put(lead, one.name, words, () => go(new URL(`/leads/${lead}`, location.href)))
  else many ??= setTimeout(together, SOON)
}

function together() {
  many = undefined
  if (counted()) put(MANY, "Leadloom", counted(), () => document.getElementById("notices").showPopover())
}

function put(lead, title, body, act) {
  const { lang } = document.documentElement
  // it has a sound of ours, or none
  const made = begin(title, { body, lang, tag: `leadloom-${lead}`, silent: true })
  if (!made) return
  open.set(lead, made)
  made.onclose = () => open.get(lead) === made && open.delete(lead)
  made.onclick = () => {
    window.focus()
    act()
    made.close()
  }
}

const counted = () => document.querySelector("[data-bell-said]").textContent

/** `isOver(lead)` says whose notice has nothing to say any more; the one of many goes last. */
export function close(isOver) {
  for (const [lead, made] of open) if (lead === MANY ? !counted() : isOver(lead)) made.close()
}

// On a telephone pages may not make any, although they were allowed to.
function begin(title, options) {
  try {
    return new Notification(title, options)
  } catch {
    return null
  }
}

addEventListener("pagehide", () => open.forEach(made => made.close()))
