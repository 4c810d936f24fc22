// Send later: in an hour, tomorrow morning (here, or where the client is), or when one says.
const HOUR = 3_600_000
const MORNING = "10:00"

const mine = () => document.querySelector("message-log").dataset.zone
const wall = (moment, zone) => new Date(moment).toLocaleString("sv", { timeZone: zone }).slice(0, 16).replace(" ", "T")

/** The moment when clocks of the zone show 2026-11-23T10:00; a second look, for a night in which they change. */
function momentOf(shown, zone) {
  const wanted = Date.parse(`${shown}Z`)
  const off = moment => Date.parse(`${wall(moment, zone)}Z`) - moment
  return wanted - off(wanted - off(wanted))
}

function tomorrow(zone) {
  const day = wall(Date.parse(`${wall(Date.now(), zone).slice(0, 10)}T12:00Z`) + 24 * HOUR, "UTC").slice(0, 10)
  return momentOf(`${day}T${MORNING}`, zone)
}

class Menu {
  constructor(composer) {
    this.composer = composer
    this.made = document.getElementById("send-later").content.cloneNode(true).firstElementChild
    this.field = this.made.querySelector("input[type=datetime-local]")
    const zone = composer.dataset.zone
    this.moments = { hour: Date.now() + HOUR, morning: tomorrow(mine()), theirs: zone && zone !== mine() ? tomorrow(zone) : 0 }
    for (const button of this.made.querySelectorAll("[data-when]")) {
      const moment = this.moments[button.dataset.when]
      button.hidden = !moment
      if (moment) button.querySelector("kbd").textContent = wall(moment, mine()).slice(11)
      button.addEventListener("click", () => this.send(moment))
    }
    const returns = Boolean(composer.querySelector("[data-returns]"))
    for (const one of this.made.querySelectorAll("[data-act=back], [data-with-back]")) one.hidden = !returns
    this.field.min = wall(Date.now(), mine())
    this.field.value = wall(this.moments.morning, mine())
    this.made.querySelector("form").addEventListener("submit", event => {
      event.preventDefault()
      if (this.field.value) this.send(momentOf(this.field.value, mine()))
    })
    this.made.querySelector("[data-act=back]").addEventListener("click", () => this.close())
    this.made.addEventListener("keydown", event => {
      if (event.key !== "Escape") return
      event.stopPropagation()
      this.close()
      composer.field.focus()
    })
    this.away = ({ target }) => this.made.contains(target) || this.close()
  }

  show() {
    this.composer.append(this.made)
    document.addEventListener("pointerdown", this.away)
    this.opener?.setAttribute("aria-expanded", "true")
    this.made.querySelector("button:not([hidden])").focus()
  }

  close() {
    document.removeEventListener("pointerdown", this.away)
    this.made.remove()
    this.opener?.setAttribute("aria-expanded", "false")
    this.composer.later = undefined
  }

  get opener() {
    return this.composer.querySelector("[data-act=later]")
  }

  send(moment) {
    const silent = this.made.querySelector("input[type=checkbox]").checked
    Object.assign(this.composer.given, { later: new Date(moment).toISOString(), silent: silent ? "1" : "" })
    this.close()
    this.composer.field.focus()
    this.composer.submit()
    for (const name of ["later", "silent"]) delete this.composer.given[name] // there was nothing to send
  }
}

export function open(composer) {
  if (composer.later) return composer.later.close()
  composer.later = new Menu(composer)
  composer.later.show()
}
