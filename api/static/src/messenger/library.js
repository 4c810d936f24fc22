// The files of a lead: pictures in full, a file once more to the client, and in the card what has
// come meanwhile.
import htmx from "htmx.org"
import { go } from "../going.js"
import * as keeping from "./keeping.js"

const SOON = 400 // ms: a burst of changes is one question
let refreshing

/** A file that the server has, beside what is being written to the client. */
export async function again({ dataset: { again: kept, name, size, type } }) {
  const file = { kept, name, size: Number(size), type }
  const composer = document.querySelector("message-composer")
  if (composer) return (composer.attachments.add([file]), composer.field.focus())
  const { person, library } = document.querySelector("main.library").dataset
  const place = `attached:${person}:${library}`
  await keeping.put(place, [...((await keeping.get(place)) ?? []), file])
  go(new URL(`/leads/${library}`, location.href))
}

// What the card shows follows the conversation.
function hear({ detail: { kind, lead, html } }) {
  const block = document.getElementById(`library-${lead}`)
  if (kind !== "conversation" || !block || !html?.includes("/media/")) return
  clearTimeout(refreshing)
  refreshing = setTimeout(() => {
    const path = `/leads/${lead}/media/block?shelf=${block.querySelector("[aria-pressed=true]")?.id.split("-").at(-1) ?? ""}`
    htmx.ajax("GET", path, { source: block, target: block, swap: "outerHTML" }).catch(() => {})
  }, SOON)
}

function click(event) {
  const once = event.target.closest?.("[data-again]")
  if (once) again(once)
  const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey
  const picture = plain && event.target.closest?.("main.library [data-view]")
  if (!picture) return
  event.preventDefault()
  import("./viewer.js").then(({ show }) => show(picture))
}

function renew() {
  const found = document.getElementById("library-found")
  if (found) htmx.ajax("GET", location.pathname + location.search, { source: found, target: found, swap: "outerHTML" }).catch(() => {})
}

/** Where there is no messenger around them. */
export function page() {
  start()
  const sounds = () => document.querySelector("voice-player:not(:defined)") && import("./voice.js")
  document.addEventListener("htmx:after:swap", sounds)
  sounds()
}

export function start() {
  document.addEventListener("click", click)
  document.addEventListener("live", hear)
  htmx.on("library", renew)
}
