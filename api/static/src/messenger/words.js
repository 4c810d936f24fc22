// Words that the page's own code says: the server wrote them, with {places}, into one template.
export function words(name, values = {}) {
  const said = document.getElementById("composer-words")?.dataset[name] ?? ""
  return said.replace(/\{(\w+)\}/g, (whole, place) => values[place] ?? whole)
}

/** "3 new messages": the server wrote a form for each plural rule. */
export function counted(name, n) {
  const rule = new Intl.PluralRules(document.documentElement.lang).select(n)
  return words(name + rule[0].toUpperCase() + rule.slice(1), { n })
}

const UNITS = [["day", 86_400], ["hour", 3600], ["minute", 60], ["second", 1]]

/** "in 6 sec.", "in 23 hr." */
export function until(moment) {
  const left = Math.max(1, Math.round((moment - Date.now()) / 1000))
  const [unit, size] = UNITS.find(([, seconds]) => left >= seconds)
  const said = new Intl.RelativeTimeFormat(document.documentElement.lang, { style: "short" })
  return said.format(Math.floor(left / size), unit)
}

export function size(bytes) {
  const said = new Intl.NumberFormat(document.documentElement.lang, {
    style: "unit", unit: bytes < 1e6 ? "kilobyte" : "megabyte", maximumFractionDigits: 1,
  })
  return said.format(bytes / (bytes < 1e6 ? 1024 : 1024 * 1024))
}

export function clock() {
  const zone = document.querySelector("message-log")?.dataset.zone
  return new Date().toLocaleTimeString("ru", { hour: "2-digit", minute: "2-digit", timeZone: zone })
}
