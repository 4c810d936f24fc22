// Everything that the messenger does before a hand touches it.
import { atHand, begin } from "../at-hand.js"
import { readWith } from "./log.js"
import * as mine from "./mine.js"
import * as opened from "./opened.js"

const CLICKED =
  "[data-rows] .row, .pick, [data-act], [data-place], [data-copy], .log-down, .log-day button, .side__nav a:not(.only-m)"
const KEPT = /^(draft|outbox)/ // what is shown from the browser's own store
const seldom = {
  "clip-player": () => import("./clip.js"),
  "time-left": () => import("./time-left.js"),
  "voice-player": () => import("./voice.js"),
}

function needed() {
  for (const [name, load] of Object.entries(seldom)) if (document.querySelector(`${name}:not(:defined)`)) load()
}

function isDeed({ type, target, key, shiftKey, isComposing, ctrlKey, metaKey }) {
  if (type === "click") return !ctrlKey && !metaKey && target.closest(shiftKey ? ".pick" : CLICKED)
  if (!target.closest?.("message-composer")) return false
  return type === "submit" || (type === "keydown" && key === "Enter" && !shiftKey && !isComposing && target.matches("textarea"))
}

export function start() {
  mine.start()
  opened.start()
  needed()
  document.addEventListener("htmx:after:swap", needed)
  atHand(() => import("./hands.js").then(hands => hands.start(readWith)), isDeed)
  // who opens a chat in its middle scrolls on at once
  if (document.querySelector(".is-sought") || Object.keys(localStorage).some(name => KEPT.test(name))) begin()
}
