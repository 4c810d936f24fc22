// Colleagues behind "@": filtered as one types, walked by arrows, picked by Enter or a press.
import htmx from "htmx.org"

const SOUGHT = /(^|[^\p{L}\p{N}])@([^@\n]{0,40})$/u

class Menu {
  constructor(field) {
    this.field = field
    this.holder = document.createElement("div")
    this.holder.className = "mentions-holder"
    field.after(this.holder)
    field.addEventListener("input", () => this.look())
    field.addEventListener("keydown", event => this.press(event))
    field.addEventListener("blur", () => setTimeout(() => this.close(), 150))
    this.holder.addEventListener("pointerdown", event => event.preventDefault()) // the field keeps the focus
    this.holder.addEventListener("click", ({ target }) => this.pick(target.closest("[role=option]")))
    this.look()
  }

  get sought() {
    const { value, selectionStart, selectionEnd } = this.field
    return selectionStart === selectionEnd ? SOUGHT.exec(value.slice(0, selectionStart))?.[2] : undefined
  }

  async look() {
    if (this.sought === undefined) return this.close()
    if (!this.menu) {
      const path = this.field.closest("[data-mentions]").dataset.mentions
      this.asking ??= htmx.ajax("GET", path, { source: this.holder, target: this.holder, swap: "innerHTML" }).catch(() => {})
      await this.asking
      this.asking = undefined
      this.menu = this.holder.querySelector("[role=listbox]")
      if (!this.menu) return
      this.field.setAttribute("aria-controls", this.menu.id)
    }
    const words = (this.sought ?? "").toLowerCase().split(/\s+/)
    if (this.sought === undefined) return this.close()
    for (const one of this.options) one.hidden = !words.every(word => one.dataset.find.includes(word))
    // a sentence goes on after a name
    if (!this.shown.length && words.length > 1) return this.close()
    this.menu.querySelector("[data-none]").hidden = this.shown.length > 0
    this.choose(this.shown[0])
    this.menu.scrollIntoView({ block: "nearest" })
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
    else this.field.removeAttribute("aria-activedescendant")
    option?.scrollIntoView({ block: "nearest" })
  }

  pick(option) {
    if (!option) return
    const { value, selectionStart: caret } = this.field
    const from = value.slice(0, caret).length - this.sought.length
    this.field.setRangeText(`${option.dataset.handle} `, from, caret, "end")
    this.close()
    this.field.dispatchEvent(new Event("input", { bubbles: true }))
  }

  press(event) {
    const way = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (!this.menu || event.isComposing) return
    if (event.key === "Escape") this.close()
    else if (way) this.choose(this.shown.at((this.shown.indexOf(this.chosen) + way) % this.shown.length))
    else if (["Enter", "Tab"].includes(event.key) && !event.shiftKey && this.chosen) this.pick(this.chosen)
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  close() {
    this.holder.replaceChildren()
    this.menu = this.chosen = undefined
    for (const one of ["aria-controls", "aria-activedescendant"]) this.field.removeAttribute(one)
  }
}

export function attend(field) {
  field.mentions ??= new Menu(field)
}
