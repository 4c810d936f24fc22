// <message-log>: what depends on neighbours (days, joined bubbles, folded lines) is arranged here
// after every change, so that each message and line is the same wherever it comes from.
import { dayOf, named } from "./days.js"

const JOINED = 120_000 // ms
const FOLDED = 3 // lines in a row
let Reading // comes with the first hand

class MessageLog extends HTMLElement {
  connectedCallback() {
    this.list = this.querySelector(".log__in")
    if (Reading) this.reading = new Reading(this)
    this.watch = new MutationObserver(records => this.arrange(records))
    this.watch.observe(this.list, { childList: true })
    this.swapped = () => this.arrange()
    document.addEventListener("htmx:after:swap", this.swapped)
    this.list.addEventListener("click", event => this.unfold(event))
    this.arrange()
    if (!Reading) this.querySelector(".is-sought")?.scrollIntoView({ block: "center" })
  }

  read() {
    this.reading = new Reading(this)
    this.reading.look({ still: true })
  }

  disconnectedCallback() {
    this.watch.disconnect()
    this.reading?.close()
    document.removeEventListener("htmx:after:swap", this.swapped)
  }

  arrange(records = this.watch.takeRecords()) {
    for (const { addedNodes } of records) addedNodes.forEach(one => this.reading?.meet(one))
    this.day = ""
    let held, before, run = []
    const close = () => (this.fold(run), (run = []))
    for (const one of [...this.list.children]) {
      if (one.matches(".day[data-day]")) {
        held?.remove()
        held = one
        continue
      }
      if (one.matches(".ev-more")) {
        one.remove()
        continue
      }
      if (one.dataset.time) held = this.dayBefore(one, held)
      const line = one.matches(".ev:not(.is-manual, .is-money)")
      if (line && one.dataset.time) run.push(one)
      else close()
      if (one.matches(".msg")) {
        one.classList.toggle("is-joined", joined(before, one))
        before = one
      } else if (one.dataset.time || one.matches(".is-unread")) before = undefined
    }
    held?.remove()
    close()
    this.watch.takeRecords()
    this.reading?.stay()
  }

  dayOf(moment) {
    return dayOf(moment, this.dataset.zone)
  }

  named(day) {
    return named(day, this.dataset)
  }

  dayBefore(item, held) {
    const day = this.dayOf(item.dataset.time)
    const needed = day !== this.day
    this.day = day
    if (held?.dataset.day === day && needed) return undefined
    held?.remove()
    const above = item.previousElementSibling
    if (needed) (above?.matches(".is-unread") ? above : item).before(this.rule(day, item))
    return undefined
  }

  rule(day, item) {
    const made = document.createElement("div")
    made.className = "day"
    made.dataset.day = day
    made.dataset.at = Number(item.dataset.at) - 0.5
    made.append(document.createElement("time"))
    made.firstChild.textContent = this.named(day)
    return made
  }

  fold(run) {
    const open = run.some(one => one.dataset.unfolded)
    const folded = run.length >= FOLDED && !open ? run.slice(0, -1) : []
    for (const one of run) one.hidden = folded.includes(one)
    if (!folded.length) return
    const more = document.createElement("button")
    more.type = "button"
    more.className = "ev-more"
    more.dataset.at = Number(folded[0].dataset.at) - 0.25
    more.textContent = this.dataset.folded.replace("{n}", folded.length)
    folded[0].before(more)
  }

  unfold({ target }) {
    if (!target.matches(".ev-more")) return
    for (let one = target.nextElementSibling; one?.matches(".ev"); one = one.nextElementSibling) one.dataset.unfolded = "1"
    this.arrange()
  }
}

function joined(before, one) {
  if (!before || before.dataset.by !== one.dataset.by) return false
  return Date.parse(one.dataset.time) - Date.parse(before.dataset.time) < JOINED
}

/** What keeps the reader's place, for the logs that are here and that will be. */
export function readWith(given) {
  Reading = given
  document.querySelectorAll("message-log").forEach(log => log.read())
}

customElements.define("message-log", MessageLog)
