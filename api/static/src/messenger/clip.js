// <clip-player>: a video that shows its first picture and plays where it stands; a circle and a
// silent animation play by a press, a video gets the browser's own controls.
class ClipPlayer extends HTMLElement {
  connectedCallback() {
    if (this.video) return
    this.video = this.querySelector("video")
    this.addEventListener("click", event => this.press(event))
    for (const name of ["play", "pause", "ended", "timeupdate"]) this.video.addEventListener(name, () => this.show())
    this.video.addEventListener("play", () => {
      for (const other of document.querySelectorAll("clip-player video, voice-player")) {
        if (other !== this.video && !other.loop) (other.audio ?? other).pause?.()
      }
    })
  }

  disconnectedCallback() {
    this.video.pause()
  }

  press(event) {
    if (this.video.controls) return
    event.preventDefault()
    if (!this.video.paused) return this.video.pause()
    if (!this.matches(".circle") && !this.video.loop) this.video.controls = true
    this.video.play().catch(() => this.classList.add("is-broken"))
  }

  show() {
    this.classList.toggle("is-playing", !this.video.paused || this.video.controls)
    const { currentTime, duration } = this.video
    this.style.setProperty("--played", duration ? currentTime / duration : 0)
  }
}

customElements.define("clip-player", ClipPlayer)
