// The bubble of a message that the server has not taken yet.
import { clock, size, span } from "./amounts.js"
import { words } from "./words.js"

export function drawn(entry, person) {
  const made = document.getElementById("pending-bubble").content.cloneNode(true).firstElementChild
  made.id = entry.key
  made.dataset.by = person
  made.dataset.time = entry.at
  made.querySelector(".said-text").textContent = entry.text
  const named = file => (entry.voice ? `${words("voice")}, ${span(entry.voice.length)}` : `${file.name}, ${size(file.size)}`)
  made.querySelector(".pending-files").textContent = (entry.files ?? []).map(named).join("\n")
  made.querySelector(".bub__meta time").textContent = clock()
  return made
}

/** `what` became of it: waiting, uploading, taken, refused. */
export function told(bubble, entry, what, { loaded = 0, total = 0 } = {}) {
  const note = bubble.querySelector(".pending-note")
  bubble.querySelector(".pending-cancel").hidden = what !== "uploading"
  if (what === "waiting") note.textContent = words("offline")
  if (what === "uploading") note.textContent = words("sending", { done: size(loaded), all: size(total) })
  if (what === "taken") note.textContent = ""
  if (what !== "refused") return
  bubble.querySelector(".bub").classList.replace("is-queued", "is-err")
  bubble.querySelector(".why").textContent = `${words("refused")}: ${entry.refused.said}`
  bubble.querySelector(".after").hidden = false
}

export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID()
  const hex = [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, "0")).join("")
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-4$3-8$4-$5")
}
