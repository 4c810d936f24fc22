// What the server did not take comes back to where it was written.

/** A colleague answered meanwhile: what was said comes back, and may be sent anyway. */
export function crossed(composer, entry, bubble) {
  bubble.remove()
  giveBack(composer, entry)
  composer.crossing = entry.back && !entry.move ? { back: entry.back } : {}
  composer.complain(entry.refused.said, "colleague-answered")
}

export async function giveBack(composer, entry) {
  await entry.restored
  const { files = [], voice, text } = entry
  composer.outbox.drop(entry)
  if (voice && files[0] instanceof Blob) return composer.use("voice", { take: { blob: files[0], ...voice } })
  composer.field.value = [text, composer.field.value].filter(Boolean).join("\n")
  composer.keep()
  composer.attachments.add(files)
  composer.field.focus()
}
