// Ways to a place of the open conversation: a message, a day, the end. What is not loaded yet is
// asked for with what stands around it, in place of what was shown.
import htmx from "htmx.org"

const main = () => document.querySelector("main[data-open-lead]")
const log = () => main()?.querySelector("message-log")

function ask(query) {
  const open = main()
  const path = `/leads/${open.dataset.openLead}/messages?${query}`
  return htmx.ajax("GET", path, { source: open, target: open, swap: "none" })
}

// A member of an album stands in its album's bubble.
function shown(place) {
  const bubbles = [...(log()?.querySelectorAll(".msg[data-message]") ?? [])]
  const found = bubbles.findLast(one => Number(one.dataset.at) <= place)
  return found && (Number(found.dataset.at) === place || found.querySelector(".album")) ? found : null
}

function mark(one) {
  log()?.querySelector(".is-sought")?.classList.remove("is-sought")
  one?.classList.add("is-sought")
  one?.scrollIntoView({ block: "center" })
  return one
}

export async function go(place) {
  if (!shown(place)) await ask(`around=${place}`)
  return mark(shown(place))
}

/** The first message of that day, or the next one after it. */
export async function onDay(day) {
  await ask(`on=${day}`)
  return mark(log()?.querySelector(".is-sought"))
}

export const newest = () => ask("")
