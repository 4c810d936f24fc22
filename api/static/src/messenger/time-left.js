// <time-left data-until="2026-11-22T14:03:00Z" data-done="now"> counts down in words.
import { until } from "./amounts.js"

class TimeLeft extends HTMLElement {
  static observedAttributes = ["data-until"]

  attributeChangedCallback() {
    if (this.isConnected) this.tick()
  }

  connectedCallback() {
    this.tick()
  }

  disconnectedCallback() {
    clearTimeout(this.timer)
  }

  tick() {
    const moment = Date.parse(this.dataset.until)
    const left = moment - Date.now()
    const said = left > 0 ? until(moment) : this.dataset.done
    if (this.textContent !== said) this.textContent = said
    clearTimeout(this.timer)
    if (left > 0) this.timer = setTimeout(() => this.isConnected && this.tick(), left < 120_000 ? 1000 : 20_000)
  }
}

customElements.define("time-left", TimeLeft)
