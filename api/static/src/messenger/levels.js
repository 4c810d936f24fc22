// How loud something is: live in a meter of thin bars, and as the bars of a voice message.
const BARS = 42 // of the bubble
const TALLEST = 31
const SEEN = 64 // levels in the meter
const STEP = 4
const TALL = 28
const LOUDER = 1.5 // speech is far from the loudest there is
const NS = "http://www.w3.org/2000/svg"

/** The newest level is at the right. */
export function metered(meter, levels) {
  while (meter.children.length < SEEN) meter.append(document.createElementNS(NS, "rect"))
  ;[...meter.children].forEach((bar, at) => {
    const level = levels.at(at - SEEN) ?? 0
    const tall = Math.max(2, Math.min(1, level * LOUDER) * TALL)
    const shape = { x: at * STEP, y: (TALL - tall) / 2, width: 2.5, height: tall, rx: 1.25 }
    for (const [name, value] of Object.entries(shape)) bar.setAttribute(name, value)
  })
}

/** The loudest moments of equal parts, 0 to 31. */
export function peaks(levels) {
  const place = number => Math.floor((number * levels.length) / BARS)
  return Array.from({ length: BARS }, (_, number) => {
    const part = levels.slice(place(number), Math.max(place(number + 1), place(number) + 1))
    return Math.round(Math.max(0, ...part) * TALLEST)
  })
}
