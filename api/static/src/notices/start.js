// The bell: how many of the person's chats have something new, on it and in the title, the same in
// every tab. What is new in a lead comes with its row; whom it concerns is known here. Whatever may
// have been missed is asked for.
import { quiet, silence, tell } from "./telling.js"

const SOON = 150 // ms: a burst of reasons is one question
const AGAIN = 1500 // after no answer; before it is said, so that a burst is one sentence
const READ_SOON = 300 // what comes into the chat one looks at is read before it is counted
const RECENT = 60_000_000 // µs: what came while the line was cut is still worth a sound
const SAID_AT_MOST_EVERY = 10_000 // ms, to screen readers
const news = new Map() // by lead
const meanwhile = new Map() // what came while the answer was on its way: it may be older
let standing, asking, again, painting, floor = 0
const bell = () => document.getElementById("bell")

const theirs = ({ owner, manual, unread, kind }) =>
  (unread || kind) && (owner === standing.person || (owner === null && manual && standing.talks))
const called = one => one?.calls[standing.person]
const concerns = one => theirs(one) || called(one)

function hear({ detail: { kind, lead, news: one, seamless } }) {
  if (kind === "row" || kind === "gone") change(String(lead), one)
  else if ((kind === "hello" && !seamless) || kind === "resync" || kind === "notices") ask()
}

function change(lead, one) {
  if (asking) meanwhile.set(lead, one)
  if (!standing) return
  const before = news.get(lead)
  keep(lead, one)
  if (news.has(lead)) happened(lead, before, one)
  if (news.size <= standing.most && standing.more) ask()
  if (news.size > Number(bell().dataset.news)) painting ??= setTimeout(paint, READ_SOON)
  else paint()
}

function keep(lead, one) {
  if (one && concerns(one) && one.at > standing.seen) news.set(lead, one)
  else news.delete(lead)
}

// Whether something came, or only something else about the chat changed.
function happened(lead, before, one) {
  if (!before && one.at <= floor) return
  const failed = one.kind === "error" && !one.text && one.at > before?.at
  const kind = called(one) && called(one) !== called(before) ? called(one) : !theirs(one) ? ""
    : one.kind && (one.kind !== before?.kind || failed) ? one.kind
    : one.text && one.unread > (before?.unread ?? 0) ? "message" : ""
  if (!kind) return
  tell({ kind, lead, one }, standing).then(told => told && say())
}

function ask() {
  if (asking) again = true
  else asking = setTimeout(load, standing ? SOON : 0)
}

async function load() {
  again = false
  const answer = await fetch("/notices/news").catch(() => null)
  const said = answer?.ok ? await answer.json().catch(() => null) : null
  asking = undefined
  if (said) adopt(said)
  meanwhile.clear()
  // without a stream the next hello asks
  if (again) ask()
  else if (!said && document.documentElement.dataset.link === "live") setTimeout(ask, AGAIN)
}

function adopt(said) {
  const [known, first] = [new Map(news), !standing]
  standing = { ...said, more: Object.keys(said.leads).length > said.most }
  floor = standing.more ? Math.min(...Object.values(said.leads).map(({ at }) => at)) : standing.seen
  news.clear()
  for (const [lead, one] of [...Object.entries(said.leads), ...meanwhile]) keep(lead, one)
  for (const [lead, one] of news) {
    if (!first && one.at > said.now - RECENT) happened(lead, known.get(lead), one)
  }
  paint()
}

function paint() {
  clearTimeout(painting)
  painting = undefined
  if (!standing || !bell()) return
  const shown = news.size > standing.most ? `${standing.most}+` : String(news.size || "")
  for (const count of document.querySelectorAll("[data-bell-count]")) {
    if (count.textContent !== shown) count.textContent = shown
    count.hidden = !shown
  }
  bell().querySelector("[data-bell-said]").textContent = shown && said()
  bell().dataset.news = news.size
  bell().classList.toggle("is-quiet", quiet(standing))
  bell().dispatchEvent(new CustomEvent("news", { detail: [...news].map(([lead, { at }]) => `${lead}.${at}`).join() }))
  silence(lead => !news.has(lead))
  entitle()
}

// Swaps and pushed addresses bring a title of their own.
function entitle() {
  const count = bell()?.querySelector("[data-bell-count]").textContent
  const bare = document.title.replace(/^\(\d+\+?\) /, "")
  const title = count ? `(${count}) ${bare}` : bare
  if (document.title !== title) document.title = title
}

function said() {
  const rule = new Intl.PluralRules(document.documentElement.lang).select(news.size)
  const words = document.getElementById("notices").dataset
  return words[`said${rule[0].toUpperCase()}${rule.slice(1)}`].replace("{n}", news.size)
}

let saying
function say() {
  if (saying || document.hidden) return
  saying = setTimeout(() => (saying = undefined), SAID_AT_MOST_EVERY)
  setTimeout(() => (document.getElementById("bell-status").textContent = news.size ? said() : ""), AGAIN)
}

export function start() {
  if (!bell()) return
  document.addEventListener("live", hear)
  document.addEventListener("htmx:after:swap", paint)
  addEventListener("pageshow", event => event.persisted && ask())
  new MutationObserver(entitle).observe(document.head, { subtree: true, childList: true, characterData: true })
  setInterval(paint, 30_000) // quiet has an end
  document.getElementById("notices").addEventListener("toggle", async event => {
    const panel = await import("./panel.js")
    panel.toggled(event)
  })
  if (document.getElementById("notices").matches(":popover-open")) import("./panel.js").then(panel => panel.load())
  ask()
}
