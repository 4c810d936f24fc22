// What the messenger needs once somebody touches it.
import * as drafts from "./drafts.js"
import * as hand from "./hand.js"
import * as library from "./library.js"
import * as notes from "./notes.js"
import { resume } from "./outbox.js"
import * as presence from "./presence.js"
import { Reading } from "./reading.js"
import * as rows from "./rows.js"
import * as touches from "./touches.js"
import "./composer.js"

// `readWith` is handed over, not imported: shared code would be one more file to load first.
export function start(readWith) {
  readWith(Reading)
  rows.start()
  hand.start()
  touches.start()
  drafts.start()
  notes.start()
  library.start()
  presence.start()
  resume(document.querySelector(".msgr").dataset.person)
}
