// Emoji: searched in Russian and English, walked by arrows, with those one uses first. A line of
// emoji.txt is the sign and its words in both languages, a line with # the two names of a group.
import known from "./emoji.txt"

const RECENT = "emoji:recent"
const MOST_RECENT = 16
const ACROSS = 8
const RUSSIAN = /[а-яё]/i

const groups = []
for (const line of known.trim().split("\n")) {
  if (line.startsWith("# ")) groups.push({ names: line.slice(2).split(" · "), signs: [] })
  else {
    const [sign, ...found] = line.split(" ")
    groups.at(-1).signs.push({ sign, words: found })
  }
}
const all = new Map(groups.flatMap(one => one.signs).map(one => [one.sign, one]))
const recent = () => (localStorage.getItem(RECENT) ?? "").split(" ").filter(sign => all.has(sign))

class Picker {
  constructor(composer) {
    this.composer = composer
    this.made = document.getElementById("emoji-picker").content.cloneNode(true).firstElementChild
    this.grid = this.made.querySelector("[data-groups]")
    this.search = this.made.querySelector("input")
    this.search.addEventListener("input", () => this.draw())
    this.grid.addEventListener("click", ({ target }) => target.matches("button") && this.pick(target.textContent))
    this.made.addEventListener("keydown", event => this.press(event))
    this.away = ({ target }) => this.made.contains(target) || target.closest("[data-act=emoji]") || this.close()
  }

  show() {
    this.composer.append(this.made)
    this.opener.setAttribute("aria-expanded", "true")
    document.addEventListener("pointerdown", this.away)
    this.search.value = ""
    this.draw()
    this.search.focus()
  }

  close() {
    this.made.remove()
    this.opener?.setAttribute("aria-expanded", "false")
    document.removeEventListener("pointerdown", this.away)
  }

  get opener() {
    return this.composer.querySelector("[data-act=emoji]")
  }

  draw() {
    const sought = this.search.value.toLowerCase().split(/\s+/).filter(Boolean)
    const fits = ({ words }) => sought.every(part => words.some(word => word.startsWith(part)))
    const used = { names: [this.grid.dataset.recent, this.grid.dataset.recent], signs: recent().map(sign => all.get(sign)) }
    const shown = (sought.length ? groups : [used, ...groups])
      .map(({ names, signs }) => ({ names, signs: signs.filter(fits) }))
      .filter(({ signs }) => signs.length)
    this.grid.replaceChildren(...shown.map(section))
    this.made.querySelector("[data-none]").hidden = shown.length > 0
  }

  press(event) {
    const buttons = [...this.grid.querySelectorAll("button")]
    const here = buttons.indexOf(event.target)
    const way = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: here < 0 ? 1 : ACROSS, ArrowUp: -ACROSS }[event.key]
    if (event.key === "Escape") {
      this.close()
      this.composer.field.focus()
    } else if (event.key === "Enter" && event.target === this.search) {
      if (buttons.length) this.pick(buttons[0].textContent)
      this.close()
    } else if (way && (here >= 0 || event.key === "ArrowDown")) (buttons[here + way] ?? this.search).focus()
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  pick(sign) {
    localStorage.setItem(RECENT, [sign, ...recent().filter(one => one !== sign)].slice(0, MOST_RECENT).join(" "))
    this.composer.insert(sign)
    this.composer.field.focus()
  }
}

function section({ names, signs }) {
  const made = document.createElement("section")
  const head = document.createElement("h3")
  const grid = document.createElement("div")
  const russian = document.documentElement.lang === "ru"
  made.setAttribute("aria-label", (head.textContent = names[russian ? 1 : 0]))
  grid.append(
    ...signs.map(({ sign, words }) => {
      const button = document.createElement("button")
      button.type = "button"
      button.textContent = sign
      const said = words.filter(word => RUSSIAN.test(word) === russian).join(" ")
      button.title = said
      button.setAttribute("aria-label", said)
      return button
    }),
  )
  made.append(head, grid)
  return made
}

export function open(composer) {
  composer.emoji ??= new Picker(composer)
  if (composer.emoji.made.isConnected) composer.emoji.close()
  else composer.emoji.show()
}
