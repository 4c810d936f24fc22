// Spans, sizes and times, said by the browser.
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

/** "1:05" of milliseconds */
export const span = ms => `${Math.floor(ms / 60_000)}:${String(Math.floor(ms / 1000) % 60).padStart(2, "0")}`
