// <message-log>: what depends on neighbours (days, joined bubbles, folded lines) is arranged here
// after every change, so that each message and line is the same wherever it comes from.
import { words } from "./words.js"

const JOINED = 120_000 // ms
const FOLDED = 3 // lines in a row
const FAR = 200 // px from the end

class MessageLog extends HTMLElement {
  connectedCallback() {
    this.list = this.querySelector(".log__in")
    this.watch = new MutationObserver(() => this.arrange())
    this.watch.observe(this.list, { childList: true })
    this.swapped = () => this.arrange()
    document.addEventListener("htmx:after:swap", this.swapped)
    this.list.addEventListener("click", event => this.unfold(event))
    this.arrange()
    document.querySelector(".is-sought")?.scrollIntoView({ block: "center" })
  }

  disconnectedCallback() {
    this.watch.disconnect()
    document.removeEventListener("htmx:after:swap", this.swapped)
  }

  arrange() {
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
  }

  dayBefore(item, held) {
    const day = new Date(item.dataset.time).toLocaleDateString("sv", { timeZone: this.dataset.zone })
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

  named(day) {
    const [today, yesterday] = [0, 1].map(ago =>
      new Date(Date.now() - ago * 86_400_000).toLocaleDateString("sv", { timeZone: this.dataset.zone }),
    )
    const year = day.slice(0, 4) === today.slice(0, 4) ? undefined : "numeric"
    const said = new Intl.DateTimeFormat(document.documentElement.lang, { day: "numeric", month: "long", year, timeZone: "UTC" })
    const date = said.format(new Date(`${day}T12:00:00Z`))
    const name = { [today]: this.dataset.today, [yesterday]: this.dataset.yesterday }[day]
    return name ? `${name}, ${date}` : date
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
    more.textContent = words("folded", { n: folded.length })
    folded[0].before(more)
  }

  unfold({ target }) {
    if (!target.matches(".ev-more")) return
    for (let one = target.nextElementSibling; one?.matches(".ev"); one = one.nextElementSibling) one.dataset.unfolded = "1"
    this.arrange()
  }

  get atEnd() {
    return this.scrollTop > -FAR
  }
}

function joined(before, one) {
  if (!before || before.dataset.by !== one.dataset.by) return false
  return Date.parse(one.dataset.time) - Date.parse(before.dataset.time) < JOINED
}

customElements.define("message-log", MessageLog)
