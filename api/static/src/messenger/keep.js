// What was said, or is written, becomes a template: its form over the chat.
import htmx from "htmx.org"

function slot() {
  const made = document.getElementById("keep-slot") ?? Object.assign(document.createElement("div"), { id: "keep-slot" })
  if (!made.isConnected) document.body.append(made)
  return made
}

const form = query => htmx.ajax("GET", `/templates/new?in_chat=1${query}`, { source: slot(), target: slot(), swap: "innerHTML" }).catch(() => {})

export const said = bubble => form(`&message=${bubble.dataset.message}`)

export async function open(composer) {
  const text = composer.field.value
  await form("")
  const field = slot().querySelector("textarea")
  if (field) field.value = text
}
