// <message-composer>: a field that keeps what was typed, and messages that show at once.
import { Attachments } from "./attachments.js"
import * as drafts from "./drafts.js"
import { Outbox } from "./outbox.js"
import { clock, size, words } from "./words.js"

class MessageComposer extends HTMLElement {
  connectedCallback() {
    const { lead, person } = this.dataset
    this.field = this.querySelector("textarea")
    this.draft = `draft:${person}:${lead}`
    this.log = document.getElementById(`log-${lead}`)
    this.attachments = new Attachments(this, text => this.complain(text))
    this.outbox = new Outbox(`${person}:${lead}`, `/leads/${lead}/messages`, (...told) => this.hear(...told))
    this.field.value = drafts.recalled(this.draft, { text: this.field.value, version: this.dataset.version })
    this.field.addEventListener("input", () => this.keep())
    this.field.addEventListener("keydown", event => this.press(event))
    this.addEventListener("click", event => this.act(event.target.closest("[data-act]")?.dataset.act))
    this.querySelector("form").addEventListener("submit", event => (event.preventDefault(), this.submit()))
    this.log.addEventListener("click", this.inLog = event => this.touch(event))
    for (const entry of this.outbox.entries) this.show(entry)
    if (this.outbox.entries.length) this.outbox.run()
  }

  disconnectedCallback() {
    this.outbox.close()
    this.log.removeEventListener("click", this.inLog)
  }

  keep() {
    drafts.keep(this.draft, this.field.value)
  }

  /** Puts a text into the field, as if it had been typed. */
  fill(text) {
    this.field.value = text
    this.field.dispatchEvent(new Event("input", { bubbles: true }))
  }

  press(event) {
    if (event.key === "Escape" && this.replyTo) return event.stopPropagation(), this.reply()
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return
    event.preventDefault()
    this.submit()
  }

  submit({ anyway = false } = {}) {
    const text = this.field.value.trim()
    const files = this.attachments.files
    if (!text && !files.length) return
    const seen = document.getElementById(`cursor-${this.dataset.lead}`)?.dataset.seq
    const entry = { key: uuid(), text, files, seen, reply_to: this.replyTo, quote: this.quote, anyway: anyway ? "1" : "", at: new Date().toISOString() }
    this.querySelector("[data-errors]").replaceChildren()
    this.field.value = ""
    this.keep()
    this.attachments.clear()
    this.reply()
    this.show(entry)
    this.log.parentElement.scrollTop = 0
    this.outbox.put(entry)
  }

  show(entry) {
    if (document.getElementById(entry.key)) return
    const made = document.getElementById("pending-bubble").content.cloneNode(true).firstElementChild
    made.id = entry.key
    made.dataset.by = this.dataset.person
    made.dataset.time = entry.at
    made.querySelector(".said-text").textContent = entry.text
    made.querySelector(".pending-files").textContent = (entry.files ?? []).map(file => `${file.name}, ${size(file.size)}`).join("\n")
    made.querySelector(".bub__meta time").textContent = clock()
    this.log.append(made)
    if (entry.refused) this.hear(entry, "refused")
  }

  /** What the outbox tells of an entry. */
  hear(entry, what, { loaded = 0, total = 0 } = {}) {
    const bubble = document.getElementById(entry.key)
    const note = bubble?.querySelector(".pending-note")
    if (!note) return
    bubble.querySelector(".pending-cancel").hidden = what !== "uploading"
    if (what === "waiting") note.textContent = words("offline")
    if (what === "uploading") note.textContent = words("sending", { done: size(loaded), all: size(total) })
    if (what === "taken") note.textContent = ""
    if (what !== "refused") return
    if (entry.refused.status === 409) return this.crossed(entry, bubble)
    bubble.querySelector(".bub").classList.replace("is-queued", "is-err")
    bubble.querySelector(".why").textContent = `${words("refused")}: ${entry.refused.said}`
    bubble.querySelector(".after").hidden = false
  }

  /** A colleague answered meanwhile: the text comes back, and may be sent anyway. */
  crossed(entry, bubble) {
    bubble.remove()
    this.giveBack(entry)
    const note = document.getElementById("colleague-answered").content.cloneNode(true)
    note.querySelector("span").textContent = entry.refused.said
    this.querySelector("[data-errors]").replaceChildren(note)
  }

  giveBack(entry) {
    this.outbox.drop(entry)
    this.field.value = [entry.text, this.field.value].filter(Boolean).join("\n")
    this.keep()
    this.attachments.add(entry.files ?? [])
    this.field.focus()
  }

  act(name) {
    if (name === "anyway") this.submit({ anyway: true })
    if (name === "unreply") this.reply()
  }

  touch({ target }) {
    const act = target.closest("[data-act]")?.dataset.act
    const bubble = target.closest(".msg")
    const entry = this.outbox.entries.find(one => one.key === bubble?.id)
    if (act === "reply") this.reply(bubble)
    if (act === "drop" && entry) (bubble.remove(), this.giveBack(entry))
    if (act === "retry" && entry) (bubble.remove(), delete entry.refused, this.show(entry), this.outbox.retry(entry))
  }

  /** To a message, or to a part of its words; to none at all. */
  reply(bubble, quote = "") {
    const strip = this.querySelector(".reply-to")
    this.replyTo = bubble?.dataset.message
    this.quote = quote
    strip.hidden = !bubble
    if (!bubble) return
    strip.querySelector("b").textContent = bubble.dataset.name
    const said = quote || bubble.querySelector(".said-text")?.textContent || bubble.querySelector("[aria-label], [alt]")?.alt || "…"
    strip.querySelector("span").textContent = said.slice(0, 120)
    this.field.focus()
  }

  complain(text) {
    const note = document.getElementById("no-answer").content.cloneNode(true)
    note.querySelector("span").textContent = text
    this.querySelector("[data-errors]").replaceChildren(note)
  }
}

function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID()
  const hex = [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, "0")).join("")
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-4$3-8$4-$5")
}

customElements.define("message-composer", MessageComposer)
