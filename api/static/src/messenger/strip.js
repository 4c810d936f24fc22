// What goes along with the text: how long it is once its marks are taken out and how many messages
// it takes, which the server counts; and whether the link in it gets a preview.
import { words } from "./words.js"

const LONGEST = 4096
const LONGEST_CAPTION = 1024
const NEAR = 0.9
const SOON = 250 // ms
const LINK = /https?:\/\/|(^|\s)[\p{L}\d-]+(\.[\p{L}\d-]+)*\.\p{L}{2,}(\/|\s|$)/u

class Strip {
  constructor(composer) {
    this.composer = composer
    this.box = composer.querySelector(".along")
    this.length = this.box.querySelector("[data-length]")
    this.preview = this.box.querySelector("[data-preview]")
    this.preview.querySelector("input").addEventListener("change", ({ target }) => {
      if (target.checked) delete composer.given.preview
      else composer.given.preview = "0"
    })
  }

  look() {
    const text = this.composer.field.value
    const most = this.composer.attachments.files.length ? LONGEST_CAPTION : LONGEST
    this.link(LINK.test(text))
    clearTimeout(this.soon)
    // marks only make a text shorter
    if (text.length > most * NEAR) this.soon = setTimeout(() => this.measure(text), SOON)
    else this.say()
  }

  link(there) {
    this.preview.hidden = !there
    if (!there) {
      delete this.composer.given.preview
      this.preview.querySelector("input").checked = true
    }
    this.fold()
  }

  async measure(text) {
    const body = new FormData()
    body.append("text", text)
    body.append("files", String(this.composer.attachments.files.length))
    const headers = { "X-CSRF": document.body.dataset.csrf ?? "" }
    const path = `/leads/${this.composer.dataset.lead}/messages/length`
    const answer = await fetch(path, { method: "POST", headers, body }).catch(() => null)
    if (answer?.ok && this.composer.field.value === text) this.say(await answer.json())
  }

  say({ length = 0, most = 0, messages = 0 } = {}) {
    const told = length ? words("length", { n: length, most }) : ""
    const several = messages > 1
    this.length.hidden = !told
    this.length.textContent = several ? `${told}. ${words("several", { n: messages })}` : told
    this.length.classList.toggle("is-warn", several)
    this.fold()
  }

  fold() {
    this.box.hidden = this.length.hidden && this.preview.hidden
  }
}

export function open(composer) {
  composer.strip ??= new Strip(composer)
  composer.strip.look()
}
