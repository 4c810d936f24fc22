// <message-composer>: a field that keeps what was typed, and messages that show at once.
import { Attachments } from "./attachments.js"
import * as drafts from "./drafts.js"
import { has } from "./keeping.js"
import { outboxOf } from "./outbox.js"
import * as pending from "./pending.js"
import { crossed, giveBack } from "./returned.js"
import { TOOLS } from "./tools.js"

class MessageComposer extends HTMLElement {
  connectedCallback() {
    const { lead, person } = this.dataset
    this.field = this.querySelector("textarea")
    this.given = {} // what goes along with the text: for later, without a preview
    this.draft = `draft:${person}:${lead}`
    this.log = document.getElementById(`log-${lead}`)
    this.attachments = new Attachments(this, text => this.complain(text), () => this.typed())
    this.outbox = outboxOf(person, lead)
    this.outbox.tell((this.told = (...told) => this.hear(...told)))
    if (drafts.begin(this.draft, this.field, this.dataset.version)) this.typed()
    this.field.addEventListener("input", () => this.typed())
    this.field.addEventListener("keydown", event => this.press(event))
    this.addEventListener("click", event => this.act((this.pressed = event.target.closest("[data-act]"))?.dataset.act))
    this.querySelector("form").addEventListener("submit", event => (event.preventDefault(), this.submit()))
    this.log.addEventListener("click", this.inLog = event => this.touch(event))
    for (const entry of this.outbox.entries) this.show(entry)
    if (this.outbox.entries.length) this.outbox.run()
    if (has(`voice:${person}:${lead}`)) this.use("voice", { offered: true })
  }

  disconnectedCallback() {
    this.outbox.untell(this.told)
    this.recorder?.put()
    this.log.removeEventListener("click", this.inLog)
  }

  typed() {
    this.keep()
    if (this.field.value.startsWith("/") && this.querySelector("[data-act=templates]")) this.use("templates", { typed: true })
    if (this.strip || /.{900}|\S\.\S/s.test(this.field.value)) this.use("strip", {})
  }

  /** A tool's code comes when it is first wanted; of one that nobody has asked for nothing is said. */
  async use(name, given) {
    const tool = await TOOLS[name]().catch(() => given || this.complain())
    return tool?.open?.(this, given)
  }

  keep() {
    drafts.keep(this.draft, this.field.value)
  }

  /** Puts a text into the field, as if it had been typed. */
  fill(text) {
    this.field.value = text
    this.field.dispatchEvent(new Event("input", { bubbles: true }))
  }

  insert(text) {
    this.field.setRangeText(text, this.field.selectionStart, this.field.selectionEnd, "end")
    this.fill(this.field.value)
  }

  press(event) {
    if (event.key === "Escape" && this.replyTo) return event.stopPropagation(), this.reply()
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return
    event.preventDefault()
    event.altKey ? this.use("back") : this.submit()
  }

  submit({ anyway = false } = {}) {
    const text = this.field.value.trim()
    const files = this.attachments.files
    if (!text && !files.length) return
    this.field.value = ""
    this.typed()
    this.attachments.clear()
    this.send({ text, files, anyway })
  }

  /** `voice`: what is known of the one file, which is a voice message. */
  send({ text, files, voice, anyway }) {
    const seen = document.getElementById(`cursor-${this.dataset.lead}`)?.dataset.seq
    const entry = { key: pending.uuid(), text, files, voice, seen, reply_to: this.replyTo, quote: this.quote, anyway: anyway || this.given.later ? "1" : "", at: new Date().toISOString(), ...this.given }
    this.querySelector("[data-errors]").replaceChildren()
    this.given = {}
    this.reply()
    this.show(entry)
    this.log.parentElement.scrollTop = 0
    this.outbox.put(entry)
  }

  show(entry) {
    if (document.getElementById(entry.key)) return
    this.log.append(pending.drawn(entry, this.dataset.person))
    if (entry.refused) this.hear(entry, "refused")
  }

  /** What the outbox tells of an entry. */
  hear(entry, what, loaded) {
    const bubble = document.getElementById(entry.key)
    if (!bubble?.querySelector(".pending-note")) return
    const there = entry.voice && this.recorder // one recording at a time
    if (what === "refused" && entry.refused.status === 409 && !there) return crossed(this, entry, bubble)
    pending.told(bubble, entry, what, loaded)
  }

  act(name) {
    if (name === "anyway") {
      Object.assign(this.given, this.crossing)
      this.recorder?.take ? this.recorder.send({ anyway: true }) : this.submit({ anyway: true })
    }
    if (name === "unreply") this.reply()
    if (name in TOOLS) this.use(name)
  }

  touch({ target }) {
    const act = target.closest("[data-act]")?.dataset.act
    const bubble = target.closest(".msg")
    const entry = this.outbox.entries.find(one => one.key === bubble?.id)
    if (act === "reply") this.reply(bubble)
    if (act === "drop" && entry) (bubble.remove(), giveBack(this, entry))
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

  /** Says what is wrong; without words, that there was no answer. */
  complain(text, template = "no-answer") {
    const note = document.getElementById(template).content.cloneNode(true)
    const use = note.querySelector("use")
    if (text && template === "no-answer") use.setAttribute("href", use.getAttribute("href").replace(/#.*/, "#circle-alert"))
    if (text) note.querySelector("span").textContent = text
    this.querySelector("[data-errors]").replaceChildren(note)
  }
}

customElements.define("message-composer", MessageComposer)
