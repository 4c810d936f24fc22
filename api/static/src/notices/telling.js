// One notice is told once: of all tabs that could, the first one does. Not where the chat is being
// looked at, and not while the person wants quiet.
import * as shown from "./shown.js"
import * as sound from "./sound.js"

const KEPT = 60_000 // ms: a tab that is slower than that tells it again
const BREATH = 2500 // between two sounds of a kind: a burst is one
let looked, leave

/** Whether it was to be told at all. */
export async function tell({ kind, lead, one }, standing) {
  const { hearing } = standing
  if (quiet(standing) || (await looksAt(lead))) return false
  const id = ["told", lead, one.at, one.unread, one.kind].join("-")
  if (!hearing.without_sound.includes(kind) && sound.able()) {
    const voice = `sounds-${kind === "error" ? "bad" : "new"}`
    first(`${id}-sound`, KEPT, () => first(voice, BREATH, () => sound.play(kind, hearing)))
  }
  if (!hearing.without_browser.includes(kind) && shown.able()) first(`${id}-shown`, KEPT, () => shown.show(kind, lead, one))
  return true
}

/** Whether the person wants no sound and no notice of the browser now. */
export function quiet({ quiet, zone, hearing: { quiet_from: from, quiet_to: to } }) {
  if (Date.now() < quiet) return true
  if (!from || !to) return false
  const now = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit" }).format()
  return from < to ? from <= now && now < to : now >= from || now < to
}

export const silence = shown.close

// A tab that has the chat before somebody's eyes holds a lock of its name.
function look() {
  const main = document.hidden ? null : document.querySelector("main[data-open-lead]")
  const lead = main?.checkVisibility() ? main.dataset.openLead : undefined
  if (lead === looked) return
  looked = lead
  leave?.()
  if (!lead) return
  navigator.locks?.request(`looks-at-${lead}`, { mode: "shared" }, () =>
    lead === looked ? new Promise(done => (leave = done)) : undefined,
  )
}

async function looksAt(lead) {
  look()
  if (lead === looked) return true
  const { held = [] } = (await navigator.locks?.query()) ?? {}
  return held.some(({ name }) => name === `looks-at-${lead}`)
}

// Whoever takes the name first acts, and keeps it from the others for a while. A lock is the one thing
// that all tabs see alike: what one tab has stored another one may read too late.
function first(name, kept, act) {
  const take = lock => lock && (act(), new Promise(done => setTimeout(done, kept)))
  if (navigator.locks) navigator.locks.request(name, { ifAvailable: true }, take)
  else act()
}

document.addEventListener("visibilitychange", look)
document.addEventListener("htmx:after:swap", look)
look()
