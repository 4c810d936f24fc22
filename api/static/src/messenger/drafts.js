// Drafts: at once in this browser, soon after on the server for the person's other devices. What
// the server has not taken yet is offered again when there is a link; nothing typed is lost.
import { words } from "./words.js"

const SOON = 700 // ms after the last key
const JUST_NOW = 2000
const GLIMPSE = 100
const timers = new Map()
const begun = new Map() // lead → first words, for the rows
let mine = "draft:"

const leadOf = name => name.split(":").at(-1)
const path = name => `/leads/${leadOf(name)}/draft`
const write = (name, draft) => localStorage.setItem(name, JSON.stringify(draft))
const open = () => document.querySelector("message-composer")

function read(name) {
  try {
    return JSON.parse(localStorage.getItem(name))
  } catch {
    return null
  }
}

/** Puts the draft into a field. Returns what was typed there before any of this was loaded. */
export function begin(name, field, version) {
  const { value, defaultValue } = field
  const kept = recalled(name, { text: defaultValue, version })
  const early = [defaultValue, kept].includes(value) ? "" : value
  field.value = !early ? kept : kept === defaultValue ? early : `${kept}\n${early}`
  return early
}

// The server's, unless something typed here has not reached it.
function recalled(name, theirs) {
  const own = read(name)
  if (!own || own.kept) return taken(name, theirs)
  const known = [own.based, own.sent].includes(theirs.version)
  return known || !theirs.text || own.text === theirs.text ? own.text : `${theirs.text}\n${own.text}`
}

function taken(name, { text, version }) {
  if (text) write(name, { text, based: version, kept: true })
  else localStorage.removeItem(name)
  return text
}

export function keep(name, text) {
  const before = read(name)
  if (text === (before?.text ?? "")) return
  write(name, { ...before, text, kept: false })
  note(leadOf(name), text)
  clearTimeout(timers.get(name))
  timers.set(name, setTimeout(() => save(name), text ? SOON : 0))
}

async function save(name) {
  const own = read(name)
  if (!own || own.kept) return
  const version = `${Date.now()}-${Math.random()}`.slice(0, 40)
  write(name, { ...own, sent: version })
  const headers = { "X-CSRF": document.body.dataset.csrf ?? "" }
  const body = new URLSearchParams({ text: own.text, version })
  const answer = await fetch(path(name), { method: "PUT", headers, body, keepalive: own.text.length < 5000 }).catch(() => null)
  const now = read(name)
  if (!answer?.ok || now?.sent !== version || now.text !== own.text) return
  taken(name, { text: own.text.trim() && own.text, version })
}

function saveAll() {
  for (const name of Object.keys(localStorage)) if (name.startsWith(mine)) save(name)
}

// Another device of the same person may have written on.
async function follow() {
  const composer = open()
  if (!composer || document.hidden || read(composer.draft)?.kept === false) return
  const theirs = await (await fetch(path(composer.draft)).catch(() => null))?.json().catch(() => null)
  const own = read(composer.draft)
  if (theirs?.version === undefined || own?.kept === false || theirs.version === (own?.based ?? "")) return
  composer.fill(taken(composer.draft, theirs))
}

async function ask() {
  const found = await (await fetch("/drafts").catch(() => null))?.json().catch(() => null)
  if (!found || found.detail) return
  begun.clear()
  for (const [lead, text] of Object.entries(found)) begun.set(lead, text)
  for (const name of Object.keys(localStorage).filter(one => one.startsWith(mine))) {
    const own = read(name)
    if (own?.kept === false) note(leadOf(name), own.text)
  }
  paint()
}

function note(lead, text) {
  if (text.trim()) begun.set(lead, text.slice(0, GLIMPSE))
  else begun.delete(lead)
  paint()
}

function paint() {
  for (const row of document.querySelectorAll("#rows > [data-lead] .row__txt")) {
    const text = begun.get(row.closest("[data-lead]").dataset.lead)
    if (text === row.dataset.draft) continue
    if (text) Object.assign(row.dataset, { draft: text, word: words("draft") })
    else delete row.dataset.draft
  }
}

export function start() {
  mine = `draft:${document.querySelector(".msgr").dataset.person}:`
  let asked = Date.now()
  const back = () => {
    saveAll()
    if (Date.now() - asked < JUST_NOW) return
    asked = Date.now()
    ask()
    follow()
  }
  saveAll()
  ask()
  addEventListener("online", back)
  addEventListener("pagehide", saveAll)
  document.addEventListener("visibilitychange", () => (document.hidden ? saveAll() : follow()))
  document.addEventListener("live", ({ detail }) => detail.kind === "hello" && !detail.seamless && back())
  document.addEventListener("htmx:after:swap", paint)
}
