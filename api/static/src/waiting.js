// <span class="wait" data-since="2026-11-22T14:03:00Z"> grows by itself and turns amber from 10
// minutes, red from 30 (data-warn, data-bad in minutes change that).
const EVERY = 20_000 // ms

class WaitingTime extends HTMLElement {
  connectedCallback() {
    this.tick()
    this.timer = setInterval(() => this.tick(), EVERY)
  }

  disconnectedCallback() {
    clearInterval(this.timer)
  }

  tick() {
    const minutes = Math.floor((Date.now() - Date.parse(this.dataset.since)) / 60_000)
    const [size, unit] = minutes < 60 ? [1, "minute"] : minutes < 1440 ? [60, "hour"] : [1440, "day"]
    const said = new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit, unitDisplay: "short" })
    const text = this.querySelector("[data-span]")
    const next = said.format(Math.max(1, Math.floor(minutes / size)))
    if (text && text.textContent !== next) text.textContent = next
    this.classList.toggle("is-bad", minutes >= Number(this.dataset.bad ?? 30))
    this.classList.toggle("is-warn", minutes >= Number(this.dataset.warn ?? 10) && minutes < Number(this.dataset.bad ?? 30))
  }
}

customElements.define("waiting-time", WaitingTime)
