// <voice-player>: its bars are those that it was given (data-peaks), else the sound is fetched when it
// comes into view and they are drawn from it.
const BARS = 42
const WIDTH = 4.5
const HEIGHT = 28
const SPEEDS = [1, 1.5, 2]
const SPEED = "speed" // where it is kept
const NS = "http://www.w3.org/2000/svg"
let hall // one AudioContext for all

class VoicePlayer extends HTMLElement {
  connectedCallback() {
    if (this.audio) return
    this.audio = new Audio()
    this.audio.preload = "none"
    this.audio.src = this.dataset.src
    this.speed = Number(localStorage.getItem(SPEED)) || 1
    this.button = this.querySelector(".play")
    this.seek = this.querySelector(".seek")
    const { peaks } = this.dataset
    this.draw(peaks ? peaks.split(" ").map(Number) : Array(BARS).fill(0.15))
    this.button.addEventListener("click", () => (this.audio.paused ? this.audio.play() : this.audio.pause()))
    this.querySelector(".speed").addEventListener("click", () => this.faster())
    this.seek.addEventListener("input", () => (this.audio.currentTime = Number(this.seek.value)))
    for (const name of ["play", "pause", "timeupdate", "ended"]) this.audio.addEventListener(name, () => this.show())
    this.audio.addEventListener("play", () => {
      for (const other of document.querySelectorAll("voice-player")) if (other !== this) other.audio?.pause()
    })
    this.sight = new IntersectionObserver(entries => entries.some(one => one.isIntersecting) && this.listen())
    if (!peaks) this.sight.observe(this)
  }

  disconnectedCallback() {
    this.audio.pause()
    this.sight.disconnect()
  }

  async listen() {
    this.sight.disconnect()
    try {
      const sound = await (await fetch(this.dataset.src)).arrayBuffer()
      hall ??= new OfflineAudioContext(1, 1, 44_100)
      const heard = (await hall.decodeAudioData(sound)).getChannelData(0)
      this.draw(peaks(heard))
    } catch {
      // plays or not, the bars stay flat
    }
  }

  draw(heights) {
    const top = Math.max(...heights, 0.01)
    const bars = heights.map((height, number) => {
      const bar = document.createElementNS(NS, "rect")
      const tall = Math.max(3, (height / top) * (HEIGHT - 2))
      const shape = { x: number * WIDTH, y: (HEIGHT - tall) / 2, width: 2.5, height: tall, rx: 1.25 }
      for (const [name, value] of Object.entries(shape)) bar.setAttribute(name, value.toFixed(2))
      return bar
    })
    this.querySelector(".wave").replaceChildren(...bars)
    this.show()
  }

  // As fast as the last one was listened to.
  faster() {
    this.speed = SPEEDS[(SPEEDS.indexOf(this.audio.playbackRate) + 1) % SPEEDS.length]
    localStorage.setItem(SPEED, this.audio.playbackRate)
  }

  set speed(speed) {
    this.audio.playbackRate = this.audio.defaultPlaybackRate = speed
    this.querySelector(".speed").lastChild.textContent = `${speed}×`
  }

  show() {
    const length = Number(this.dataset.seconds) || this.audio.duration || 0
    const place = this.audio.currentTime
    const played = length ? Math.round((place / length) * BARS) : 0
    this.querySelectorAll(".wave rect").forEach((bar, number) => bar.classList.toggle("rest", number >= played))
    this.seek.value = Math.round(place)
    this.classList.toggle("is-playing", !this.audio.paused)
    const shown = this.audio.paused && !place ? length : place
    this.querySelector("[data-clock]").textContent = `${Math.floor(shown / 60)}:${String(Math.floor(shown % 60)).padStart(2, "0")}`
  }
}

function peaks(samples) {
  const step = Math.max(1, Math.floor(samples.length / BARS))
  return Array.from({ length: BARS }, (_, bar) => {
    let most = 0
    for (let at = bar * step; at < (bar + 1) * step; at += 16) most = Math.max(most, Math.abs(samples[at] ?? 0))
    return most
  })
}

customElements.define("voice-player", VoicePlayer)
