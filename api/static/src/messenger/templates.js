// Ready answers behind "/" in an empty field, or behind their button: filtered as one types, walked
// by arrows, picked by Enter; what the template has no value for is asked.
import htmx from "htmx.org"
import { fill } from "./asks.js"

class Menu {
  constructor(composer) {
    Object.assign(this, { composer, field: composer.field })
    this.path = `/leads/${composer.dataset.lead}/templates`
    this.holder = document.createElement("div")
    composer.append(this.holder)
    this.field.addEventListener("input", () => this.filter())
    composer.addEventListener("keydown", event => this.press(event), true)
    this.holder.addEventListener("click", event => this.click(event))
    this.holder.addEventListener("submit", event => (event.preventDefault(), this.answer(event.target)))
    this.away = event => composer.contains(event.target) || this.close()
  }

  /** `only` a template of a script, put in at once; `then` hears that it is. */
  async open({ typed, only, then }) {
    if (only) this.close()
    if (this.menu || this.loading || (typed && this.dismissed)) return
    Object.assign(this, { typed, then, loading: true })
    await htmx.ajax("GET", this.path, { source: this.composer, target: this.holder, swap: "innerHTML" }).catch(() => {})
    Object.assign(this, { loading: false, menu: this.holder.querySelector(".tmenu") })
    if (!this.menu) return
    document.addEventListener("pointerdown", this.away)
    this.field.setAttribute("aria-controls", this.menu.querySelector("[role=listbox]")?.id ?? "")
    this.field.focus()
    const one = only && this.options.find(option => option.dataset.template === only)
    if (one) return this.pick(one)
    this.menu.querySelector("[data-act=keep]").hidden = typed || !this.field.value.trim()
    this.filter()
  }

  close() {
    document.removeEventListener("pointerdown", this.away)
    this.holder.replaceChildren()
    this.menu = undefined
    for (const name of ["aria-controls", "aria-activedescendant"]) this.field.removeAttribute(name)
  }

  filter() {
    const text = this.field.value
    const ours = text.startsWith("/") && !text.includes("\n")
    if (!ours) this.dismissed = false
    if (!this.menu || this.asking) return
    if (this.typed && !ours) return this.close()
    const sought = this.typed ? text.slice(1).toLowerCase().split(/\s+/) : []
    for (const one of this.options) one.hidden = !sought.every(word => one.dataset.find.includes(word))
    this.menu.querySelector("[data-count]").textContent = this.shown.length
    this.menu.hidden = this.options.length > 0 && !this.shown.length
    this.choose(this.shown[0])
  }

  get options() {
    return [...this.menu.querySelectorAll("[role=option]")]
  }

  get shown() {
    return this.options.filter(one => !one.hidden)
  }

  choose(option) {
    this.chosen = option
    for (const one of this.options) one.setAttribute("aria-selected", String(one === option))
    if (option) this.field.setAttribute("aria-activedescendant", option.id)
    option?.scrollIntoView({ block: "nearest" })
  }

  /** Left and right choose the language of the chosen one, where it has several. */
  turn(way) {
    const all = [...(this.chosen?.querySelectorAll("[data-language]") ?? [])]
    all.at((all.findIndex(one => one.matches(".is-on")) + way) % all.length)?.click()
    return all.length > 0
  }

  press(event) {
    if (!this.menu || event.isComposing) return
    const way = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (event.key === "Escape") {
      this.dismissed = this.typed
      this.close()
      this.field.focus()
    } else if (this.asking || this.menu.hidden || event.target !== this.field) return
    else if (way) this.choose(this.shown.at((this.shown.indexOf(this.chosen) + way) % this.shown.length))
    else if (event.key.match(/^Arrow[LR]/) && this.turn(event.key === "ArrowRight" ? 1 : -1));
    else if (["Enter", "Tab"].includes(event.key) && !event.shiftKey && this.chosen) this.pick(this.chosen)
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  click({ target }) {
    const option = target.closest("[role=option]")
    const language = target.closest("[data-language]")
    if (language) for (const one of option.querySelectorAll("[data-language]")) one.classList.toggle("is-on", one === language)
    else if (option) this.pick(option)
    if (target.closest("[data-act=unask]")) (this.close(), this.field.focus())
    if (target.closest("[data-act=keep]")) setTimeout(() => this.close()) // the composer hears it, too
  }

  get asking() {
    const form = this.holder.querySelector("form")
    return form && !form.hidden ? form : undefined
  }

  pick(option) {
    if (option.dataset.script) return import("./script.js").then(it => it.begin(this, option.dataset.script))
    const language = option.querySelector("[data-language].is-on")?.dataset.language ?? ""
    this.picked = { template: option.dataset.template, language }
    return this.take([])
  }

  answer(form) {
    return this.take([...form.querySelectorAll("input")].map(field => [field.name, field.value]))
  }

  async take(answers) {
    const body = new FormData()
    body.append("language", this.picked.language)
    for (const [path, value] of answers) (body.append("path", path), body.append("value", value))
    const headers = { "X-CSRF": document.body.dataset.csrf ?? "" }
    const answer = await fetch(`${this.path}/${this.picked.template}`, { method: "POST", headers, body }).catch(() => null)
    if (!answer?.ok) return this.composer.complain()
    const found = await answer.json()
    found.asks.length ? this.ask(found.asks) : this.put(found)
  }

  ask(asks) {
    const form = this.holder.querySelector("form")
    fill(form, asks)
    this.menu.hidden = true
  }

  put({ text, files }) {
    const whole = this.typed
    this.close()
    this.field.focus()
    this.composer[whole ? "fill" : "insert"](text)
    this.dismissed = true
    this.composer.attachments.add(files)
    this.then?.()
  }
}

export function open(composer, { typed = false, only, then } = {}) {
  composer.templates ??= new Menu(composer)
  return composer.templates.open({ typed, only, then })
}
