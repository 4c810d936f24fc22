// Answer, and the process goes on: straight where it stands, or, when it would say something there at
// once, where one chooses.
import htmx from "htmx.org"

class Panel {
  constructor(composer) {
    this.composer = composer
    this.holder = document.createElement("div")
    composer.append(this.holder)
    this.holder.addEventListener("submit", event => (event.preventDefault(), this.choose(new FormData(event.target))))
    this.holder.addEventListener("click", ({ target }) => target.closest("[data-act=unback]") && this.close())
    this.holder.addEventListener("keydown", event => {
      if (event.key !== "Escape") return
      event.stopPropagation()
      this.close()
    })
    this.away = ({ target }) => this.holder.contains(target) || this.close()
  }

  async open() {
    const { composer, holder } = this
    const begun = composer.field.value.trim() || composer.attachments.files.length
    if (!begun || !composer.querySelector("[data-returns]")) return
    const path = `/leads/${composer.dataset.lead}/takeover/answer`
    await htmx.ajax("GET", path, { source: composer, target: holder, swap: "innerHTML" }).catch(() => {})
    if (holder.querySelector("[data-straight]")) return this.send({ back: "same" })
    document.addEventListener("pointerdown", this.away)
    holder.querySelector("input")?.focus()
  }

  choose(given) {
    const one = name => given.get(name) ?? ""
    const back = one("at")
    this.send({
      back, read: given.getAll("read"), move: this.holder.querySelector("form").dataset.move,
      step: back === "step" ? one("step") : "", process: back === "process" ? one("process") : "",
    })
  }

  send(where) {
    this.close()
    Object.assign(this.composer.given, where)
    this.composer.submit()
  }

  close() {
    document.removeEventListener("pointerdown", this.away)
    this.holder.replaceChildren()
    this.composer.field.focus()
  }
}

export function open(composer) {
  composer.backs ??= new Panel(composer)
  return composer.backs.open()
}
