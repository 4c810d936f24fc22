// What only a hand needs is loaded at its first sign, else once the page has rested a while: then it
// is there without a network, too. What the hand did meanwhile is done again.
const RESTED = 1000 // ms
const SIGNS = ["pointerover", "focusin", "dragenter", "click", "keydown", "submit", "change", "wheel", "touchstart"]
const loads = [], deeds = [], held = [], keys = []
let loading

/** `isDeed(event)`: nobody else may answer it. A loaded module's `missed(keys)` hears of early keys. */
export function atHand(load, isDeed) {
  loads.push(load)
  deeds.push(isDeed)
  if (loading) load()
}

export function begin() {
  loading ??= Promise.all(loads.map(load => load())).then(done, () => {
    loading = undefined
    addEventListener("online", begin, { once: true })
  })
}

export function start() {
  for (const name of SIGNS) document.addEventListener(name, come, true)
  setTimeout(begin, RESTED)
}

function come(event) {
  begin()
  if (deeds.some(isDeed => isDeed(event))) {
    event.preventDefault()
    event.stopImmediatePropagation()
    held.push(event)
  } else if (event.type === "keydown") keys.push(event)
}

function done(modules) {
  for (const name of SIGNS) document.removeEventListener(name, come, true)
  for (const module of modules) module?.missed?.(keys)
  held.forEach(again)
}

function again(event) {
  if (event.type === "click") event.target.dispatchEvent(new MouseEvent("click", event))
  else if (event.type === "submit") event.target.requestSubmit()
  else event.target.dispatchEvent(new KeyboardEvent(event.type, event))
}
