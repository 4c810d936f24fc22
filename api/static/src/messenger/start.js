// The messenger: loaded on its pages only.
import * as drafts from "./drafts.js"
import * as hand from "./hand.js"
import * as opened from "./opened.js"
import * as presence from "./presence.js"
import * as rows from "./rows.js"
import * as touches from "./touches.js"
import "./composer.js"
import "./log.js"
import "./time-left.js"

function players() {
  if (document.querySelector("voice-player:not(:defined)")) import("./voice.js")
  if (document.querySelector("clip-player:not(:defined)")) import("./clip.js")
}

export function start() {
  rows.start()
  hand.start()
  opened.start()
  presence.start()
  touches.start()
  drafts.start()
  players()
  document.addEventListener("htmx:after:swap", players)
}
