// Quick actions: one press does it all. What the words have no value for is asked first, with the
// words as they would leave. A press keeps its key until there is an answer: twice is once.
import { toast } from "../toasts.js"
import { uuid } from "./pending.js"

const SOON = 250 // ms after the last letter

class Quick {
  constructor(composer) {
    this.composer = composer
    composer.addEventListener("click", ({ target }) => {
      if (target.closest("[data-act=quick-anyway]")) this.go(this.given, { anyway: "1" })
    })
    this.away = ({ target }) => composer.contains(target) || this.close()
  }

  open(chip) {
    if (this.running) return
    this.close()
    this.chip = chip
    this.go([])
  }

  async go(given, also = {}) {
    const { composer, chip } = this
    this.given = given
    this.running = true
    composer.querySelector("[data-errors]").replaceChildren()
    const answer = await this.ask({ key: (chip.dataset.run ??= uuid()), ...also })
    this.running = false
    this.unsure = !answer || answer.status >= 500
    if (!answer) return composer.complain()
    const found = await answer.json().catch(() => ({}))
    if (!answer.ok) return this.refused(answer.status, found)
    if (found.asks) return this.form ? undefined : this.question(found)
    delete chip.dataset.run
    this.close()
    composer.field.focus()
    toast(found)
  }

  ask(also) {
    const { lead } = this.composer.dataset
    const seen = document.getElementById(`cursor-${lead}`)?.dataset.seq ?? 0
    const body = new URLSearchParams({ seen, ...also })
    for (const [path, value] of this.given) (body.append("path", path), body.append("value", value))
    const headers = { "X-CSRF": document.body.dataset.csrf ?? "", Accept: "application/json" }
    return fetch(`/leads/${lead}/quick-actions/${this.chip.dataset.quick}`, { method: "POST", headers, body }).catch(() => null)
  }

  refused(status, { detail }) {
    if (status < 500) delete this.chip.dataset.run
    this.composer.complain(detail, status === 409 ? "colleague-answered" : undefined)
    const anyway = this.composer.querySelector("[data-errors] [data-act=anyway]")
    if (anyway) anyway.dataset.act = "quick-anyway"
  }

  question({ asks, shown }) {
    const made = document.getElementById("quick-asks").content.cloneNode(true).firstElementChild
    const fields = asks.map(({ path, said }) => {
      const field = made.querySelector("template").content.cloneNode(true).firstElementChild
      field.querySelector(".lbl").textContent = said
      field.querySelector("input").name = path
      return field
    })
    made.querySelector("[data-asks]").append(...fields)
    made.querySelector("[data-shown]").textContent = shown
    made.addEventListener("input", () => (clearTimeout(this.soon), (this.soon = setTimeout(() => this.look(), SOON))))
    made.addEventListener("submit", event => (event.preventDefault(), this.go(this.answers())))
    made.addEventListener("click", ({ target }) => target.closest("[data-act=unask]") && this.leave())
    made.addEventListener("keydown", event => event.key === "Escape" && (event.stopPropagation(), this.leave()))
    this.form = made
    this.composer.append(made)
    document.addEventListener("pointerdown", this.away)
    fields[0]?.querySelector("input").focus()
  }

  answers() {
    return [...this.form.querySelectorAll("input")].map(field => [field.name, field.value])
  }

  async look() {
    this.given = this.answers()
    const answer = await this.ask({ key: this.chip.dataset.run, just_shown: "1" })
    const found = answer?.ok && (await answer.json())
    if (found && this.form) this.form.querySelector("[data-shown]").textContent = found.shown
  }

  leave() {
    this.close()
    this.composer.field.focus()
  }

  close() {
    clearTimeout(this.soon)
    if (this.form && !this.unsure) delete this.chip.dataset.run
    document.removeEventListener("pointerdown", this.away)
    this.form?.remove()
    this.form = undefined
  }
}

export function open(composer) {
  composer.quick ??= new Quick(composer)
  return composer.quick.open(composer.pressed)
}
