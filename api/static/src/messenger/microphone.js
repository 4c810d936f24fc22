// A microphone's sound: recorded in pieces, so that little is lost when the page goes, and measured
// while it is heard.
import { peaks } from "./levels.js"

const PIECE = 4000 // ms
const TICK = 100 // ms of a level
const WINDOW = 8192 // samples: nothing between two ticks goes unheard
const BITS = 32_000 // a second: speech is clear with it
const SOUND = { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true }
const TYPES = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus", "audio/mp4"]
const WHY = { NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "none", OverconstrainedError: "none" }

/** The browser asks the person now. Rejects with the name of a reason: unsafe, denied, none, busy. */
export async function listen() {
  if (!navigator.mediaDevices || !globalThis.MediaRecorder) throw "unsafe"
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: SOUND })
  } catch ({ name }) {
    throw WHY[name] ?? "busy"
  }
}

export const silence = stream => stream.getTracks().forEach(track => track.stop())

export class Recording {
  /** `heard()` after each level, `kept()` after each piece, `ended()` when the microphone is gone. */
  constructor(stream, { heard, kept, ended }) {
    Object.assign(this, { stream, heard, pieces: [], levels: [], length: 0 })
    this.recorder = new MediaRecorder(stream, {
      mimeType: TYPES.find(type => MediaRecorder.isTypeSupported(type)), audioBitsPerSecond: BITS,
    })
    this.recorder.ondataavailable = ({ data }) => {
      if (data.size) this.pieces.push(data)
      kept()
    }
    stream.getAudioTracks()[0].onended = ended
    this.hall = new AudioContext()
    this.ear = this.hall.createAnalyser()
    this.ear.fftSize = WINDOW
    this.hall.createMediaStreamSource(stream).connect(this.ear)
    this.samples = new Float32Array(this.ear.fftSize)
    this.since = performance.now()
    this.ticking = setInterval(() => this.measure(), TICK)
    this.recorder.start(PIECE)
  }

  get paused() {
    return this.recorder.state === "paused"
  }

  measure() {
    const now = performance.now()
    if (!this.paused) {
      this.length += now - this.since
      this.ear.getFloatTimeDomainData(this.samples)
      this.levels.push(this.samples.reduce((most, one) => Math.max(most, Math.abs(one)), 0))
    }
    this.since = now
    this.heard()
  }

  turn() {
    this.measure()
    if (this.paused) this.recorder.resume()
    else this.recorder.pause()
  }

  /** What was heard so far; `length` in ms. */
  get take() {
    const { pieces, levels, length, recorder } = this
    return { blob: new Blob(pieces, { type: recorder.mimeType }), peaks: peaks(levels), length }
  }

  /** The microphone is let go. */
  async stop() {
    clearInterval(this.ticking)
    if (this.recorder.state !== "inactive") {
      const stopped = new Promise(resolve => (this.recorder.onstop = resolve))
      this.recorder.stop()
      await stopped
    }
    silence(this.stream)
    this.hall.close()
    return this.take
  }
}
