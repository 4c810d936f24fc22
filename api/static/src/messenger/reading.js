// Where one reads in a long conversation: the day above, what came below meanwhile, the way back
// down; and whatever is put in above or below, what is being read stays where it is.
import { newest, onDay } from "./places.js"
import { counted, words } from "./words.js"

const FAR = 200 // px from the end
const SHOWN = 1500 // ms that the day stays after a scroll

export class Reading {
  constructor(log) {
    this.log = log
    this.list = log.list
    const zone = log.parentElement
    this.day = zone.querySelector(".log-day")
    this.down = zone.querySelector(".log-down")
    this.picked = zone.querySelector(".log-day input")
    this.missed = new Set()
    this.last = Math.max(0, ...[...this.list.querySelectorAll(".msg")].map(place))
    log.addEventListener("scroll", () => (this.looking ??= requestAnimationFrame(() => this.look())), { passive: true })
    this.down.addEventListener("click", () => this.toEnd())
    this.day.querySelector("button").addEventListener("click", () => this.picked.showPicker?.())
    this.picked.addEventListener("change", () => this.picked.value && onDay(this.picked.value))
    document.addEventListener("kept-out", this.heard = ({ detail }) => this.meet(detail))
    // a picture that came late moves nothing; a composer that grew does
    this.size = new ResizeObserver(seen => (seen.some(one => one.target === log) ? this.look({ still: true }) : this.stay()))
    for (const one of [log, this.list]) this.size.observe(one)
  }

  close() {
    document.removeEventListener("kept-out", this.heard)
    this.size.disconnect()
    cancelAnimationFrame(this.staying)
  }

  get atEnd() {
    return this.log.scrollTop > -FAR && !this.newer
  }

  get newer() {
    return this.list.querySelector(":scope > [id^=newer-]")
  }

  look({ still = false } = {}) {
    this.looking = undefined
    this.keep()
    if (this.atEnd) this.missed.clear()
    this.showDown()
    if (!still) this.showDay()
  }

  /** What stands at the upper edge, and how far from it. */
  keep() {
    const top = this.log.getBoundingClientRect().top
    const all = this.list.children
    let [low, high] = [0, all.length - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if (below(all[middle], top)) high = middle
      else low = middle + 1
    }
    let one = all[low]
    while (one && (!one.dataset.time || one.hidden)) one = one.nextElementSibling
    this.anchor = one && { one, top: one.getBoundingClientRect().top, atEnd: this.atEnd }
  }

  /** After a change, before it is painted: what is being read is where it was. Asking where things
   *  stand is dear while they change, so it is asked once for all that changed. */
  stay() {
    this.staying ??= requestAnimationFrame(() => {
      this.staying = undefined
      const { one, top, atEnd } = this.anchor ?? {}
      if (!one?.isConnected) this.begin()
      else if (!atEnd) this.log.scrollTop += one.getBoundingClientRect().top - top
      this.look({ still: true })
    })
  }

  /** Another part of the conversation: at what was sought, else at its end. */
  begin() {
    const sought = this.list.querySelector(".is-sought")
    if (sought) sought.scrollIntoView({ block: "center" })
    else this.log.scrollTop = 0
  }

  /** Something was put into the log, or would have been if its neighbours were here. */
  meet(one) {
    if (!one.matches?.(".msg")) return
    const [before, at] = [this.last, place(one)]
    this.last = Math.max(before, at)
    if (one.dataset.by !== "client" || at <= before) return
    const { atEnd } = this.anchor ?? this
    if (atEnd && !document.hidden) return
    if (!atEnd) this.missed.add(one.id)
    if (one.parentElement === this.list && !this.list.querySelector(".is-unread")) one.before(line(at))
    this.showDown()
  }

  toEnd() {
    if (this.newer) newest()
    else this.log.scrollTo({ top: 0, behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" })
  }

  showDown() {
    this.down.hidden = this.atEnd
    const many = this.missed.size
    this.down.querySelector("span").textContent = many ? counted("new", many) : ""
    this.down.classList.toggle("has-new", many > 0)
  }

  showDay() {
    const { time } = this.anchor?.one.dataset ?? {}
    const day = time && this.log.dayOf(time)
    const rule = this.list.querySelector(`.day[data-day="${day}"]`)
    if (!day || (rule && below(rule, this.log.getBoundingClientRect().top))) return this.day.classList.remove("is-shown")
    this.day.querySelector("button").textContent = this.log.named(day)
    this.day.classList.add("is-shown")
    clearTimeout(this.hiding)
    this.hiding = setTimeout(() => this.day.classList.remove("is-shown"), SHOWN)
  }
}

const place = one => Number(one.dataset.at) || 0
const below = (one, edge) => one.getBoundingClientRect().bottom > edge

function line(at) {
  const made = document.createElement("div")
  made.className = "day is-unread"
  made.dataset.at = at - 0.4
  made.textContent = words("new")
  return made
}
