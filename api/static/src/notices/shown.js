// The browser's own notices: one a chat, with no more in it than the person may read. It goes when
// the chat is read, here or anywhere.
import { go } from "../going.js"

const open = new Map() // by lead

export const able = () => globalThis.Notification?.permission === "granted"

export function show(kind, lead, one) {
  const made = begin(one.name, {
    body: kind === "message" ? one.text : one.said,
    tag: `leadloom-${lead}`,
    lang: document.documentElement.lang,
    silent: true, // it has a sound of ours, or none
  })
  if (!made) return
  open.set(lead, made)
  made.onclose = () => open.get(lead) === made && open.delete(lead)
  made.onclick = () => {
    window.focus()
    go(new URL(`/leads/${lead}`, location.href))
    made.close()
  }
}

/** `isOver(lead)` says whose notice has nothing to say any more. */
export function close(isOver) {
  for (const [lead, made] of open) if (isOver(lead)) made.close()
}

// On a telephone pages may not make any, although they were allowed to.
function begin(title, options) {
  try {
    return new Notification(title, options)
  } catch {
    return null
  }
}

addEventListener("pagehide", () => close(() => true))
