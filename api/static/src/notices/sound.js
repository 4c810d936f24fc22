// Short sounds, made here: two notes up for what came, two low ones down for what went wrong.
const NOTES = {
  message: [659, 988],
  assignment: [659, 831, 988],
  hand_over: [554, 740, 988],
  error: [330, 247],
}
// Partials of a note as [times the pitch, loudness], and how long it rings, in seconds.
const TONES = {
  drop: { shape: "sine", partials: [[1, 1]], rings: 0.28, glides: 1.06 },
  bell: { shape: "sine", partials: [[1, 1], [2.76, 0.3], [5.4, 0.12]], rings: 0.7, glides: 1 },
  wood: { shape: "triangle", partials: [[1, 1], [3.9, 0.2]], rings: 0.12, glides: 1 },
}
const APART = 0.11 // seconds between two notes
const ATTACK = 0.008
const LOUDEST = 0.35
const SLEEP = 3000 // ms
let context, asleep

/** A browser lets a page sound only after somebody touched it, and complains otherwise. */
export const able = () => Boolean(globalThis.AudioContext && navigator.userActivation?.hasBeenActive)

export async function play(kind, { tone, volume }) {
  if (!able() || !volume) return
  context ??= new AudioContext()
  clearTimeout(asleep)
  await context.resume()
  const { shape, partials, rings, glides } = TONES[tone]
  const notes = NOTES[kind] ?? NOTES.message
  notes.forEach((pitch, place) => {
    for (const [times, loud] of partials) {
      ring(pitch * times, shape, {
        at: context.currentTime + 0.02 + place * APART,
        rings: kind === "error" ? rings * 1.4 : rings,
        glides: kind === "error" ? 1 / glides : glides,
        loud: LOUDEST * (volume / 100) ** 2 * loud,
      })
    }
  })
  asleep = setTimeout(() => context.suspend(), SLEEP)
}

function ring(pitch, shape, { at, rings, glides, loud }) {
  const voice = new OscillatorNode(context, { type: shape, frequency: pitch })
  const level = new GainNode(context, { gain: 0 })
  voice.frequency.exponentialRampToValueAtTime(pitch * glides, at + rings)
  level.gain.setValueAtTime(0, at)
  level.gain.linearRampToValueAtTime(loud, at + ATTACK)
  level.gain.exponentialRampToValueAtTime(0.0001, at + rings)
  voice.connect(level).connect(context.destination)
  voice.start(at)
  voice.stop(at + rings + 0.05)
}
