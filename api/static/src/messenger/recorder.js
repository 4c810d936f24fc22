// A voice message: dictated with its level in sight, listened to, then sent. What was dictated and
// not sent is offered again when the chat is opened next.
import { size, span } from "./amounts.js"
import * as keeping from "./keeping.js"
import { metered } from "./levels.js"
import { Recording, listen, silence } from "./microphone.js"
import "./voice.js"

const LONGEST = 15 * 60_000 // ms
const LAST = 60_000 // ms in which the end is counted down
const SHORT = 3000 // ms that nobody is asked about

class Recorder {
  constructor(composer) {
    this.composer = composer
    this.name = `voice:${composer.dataset.person}:${composer.dataset.lead}`
    this.made = document.getElementById("voice-recorder").content.cloneNode(true).firstElementChild
    this.made.addEventListener("click", ({ target }) => this[target.closest("[data-rec]")?.dataset.rec]?.())
    this.made.addEventListener("keydown", event => {
      if (event.key === "Escape") (event.stopPropagation(), event.preventDefault(), this.discard()) // else the question closes, too
    })
  }

  part(name) {
    return this.made.querySelector(`[data-part=${name}]`)
  }

  show(state) {
    this.made.dataset.state = state
    const send = this.part("send") // where there is no room its words are only heard
    send.title = send.ariaLabel = send.lastElementChild.textContent = this.composer.querySelector("[id^=send-] span").textContent
    this.composer.classList.add("is-recording")
    if (!this.made.isConnected) this.composer.querySelector("form").before(this.made)
  }

  async start() {
    this.show("asking")
    this.part("away").focus()
    let stream
    try {
      stream = await listen()
    } catch (why) {
      this.close()
      return this.composer.complain(document.getElementById("voice-recorder").dataset[why])
    }
    if (!this.made.isConnected) return silence(stream) // thought better of it meanwhile
    this.composer.querySelector("[data-errors]").replaceChildren()
    this.recording = new Recording(stream, { heard: () => this.tick(), kept: () => this.keep(), ended: () => this.end() })
    this.show("recording")
    this.part("done").focus()
  }

  tick() {
    const { levels, length, paused } = this.recording
    const left = LONGEST - length
    this.part("time").textContent = span(length)
    this.made.classList.toggle("is-ending", left < LAST)
    this.part("left").textContent = left < LAST ? this.made.dataset.left.replace("{n}", Math.ceil(left / 1000)) : ""
    if (!paused) metered(this.part("meter"), levels)
    if (left <= 0) this.end()
  }

  turn() {
    this.recording.turn()
    this.show(this.recording.paused ? "paused" : "recording")
  }

  /** The dictation is over: now it can be heard. */
  async end() {
    if (!this.recording) return
    const take = await this.stop()
    if (this.made.isConnected) this.offer(take)
  }

  async stop() {
    const { recording } = this
    this.recording = undefined
    const take = await recording.stop()
    this.keep(take)
    return take
  }

  offer(take, { focus = true } = {}) {
    this.take = take
    const made = this.made.querySelector("template").content.cloneNode(true).firstElementChild
    const seconds = Math.max(1, Math.round(take.length / 1000))
    Object.assign(made.dataset, { src: URL.createObjectURL(take.blob), seconds, peaks: take.peaks.join(" ") })
    made.querySelector(".seek").max = seconds
    this.part("heard").replaceChildren(made)
    this.part("size").textContent = size(take.blob.size)
    this.show("ready")
    if (focus) this.part("send").focus()
  }

  keep(take = this.recording?.take) {
    if (take?.blob.size) keeping.put(this.name, take)
  }

  async send({ anyway = false } = {}) {
    const take = this.take ?? (this.recording && (await this.stop()))
    if (!take) return
    this.forget()
    const file = new File([take.blob], "voice", { type: take.blob.type })
    this.composer.send({ text: "", files: [file], voice: { peaks: take.peaks, length: take.length }, anyway })
  }

  discard() {
    const length = (this.take ?? this.recording)?.length ?? 0
    if (length <= SHORT) return this.forget()
    if (this.recording && !this.recording.paused) this.turn()
    const dialog = document.getElementById("discard-voice")
    dialog.querySelector("[data-act=discard-voice]").onclick = () => (dialog.close(), this.forget())
    dialog.showModal()
  }

  forget() {
    const drop = () => keeping.drop(this.name)
    if (this.recording) this.stop().then(drop)
    else drop()
    this.close()
    this.composer.field.focus()
  }

  /** Another chat is opened: what was said so far waits here. */
  put() {
    if (this.recording) this.stop()
    this.close()
  }

  close() {
    const heard = this.part("heard").firstElementChild
    if (heard) URL.revokeObjectURL(heard.dataset.src)
    this.made.remove()
    this.take = undefined
    this.composer.classList.remove("is-recording")
    this.composer.recorder = undefined
  }
}

/** Begins one; `offered`: one that was not sent, `take`: one that came back. */
export async function open(composer, { offered = false, take } = {}) {
  if (composer.recorder) return composer.recorder.made.querySelector("button").focus()
  const recorder = (composer.recorder = new Recorder(composer))
  if (!offered && !take) return recorder.start()
  const found = take ?? (await keeping.get(recorder.name))
  if (take) recorder.keep(take)
  if (found && composer.isConnected) return recorder.offer(found, { focus: !offered })
  composer.recorder = undefined
  if (!found) keeping.drop(recorder.name)
}
