// Days as the reader's zone has them: 2026-11-22, and what such a day is called.
const DAY = 86_400_000 // ms

const forms = {} // by zone: making one costs more than a hundred days said with it

export function dayOf(moment, zone) {
  forms[zone] ??= new Intl.DateTimeFormat("sv", { timeZone: zone })
  return forms[zone].format(new Date(moment))
}

/** `said` has the words and the zone: a message-log's dataset. */
export function named(day, said) {
  const [today, yesterday] = [0, 1].map(ago => dayOf(Date.now() - ago * DAY, said.zone))
  const year = day.slice(0, 4) === today.slice(0, 4) ? undefined : "numeric"
  const form = new Intl.DateTimeFormat(document.documentElement.lang, { day: "numeric", month: "long", year, timeZone: "UTC" })
  const date = form.format(new Date(`${day}T12:00:00Z`))
  const name = { [today]: said.today, [yesterday]: said.yesterday }[day]
  return name ? `${name}, ${date}` : date
}
