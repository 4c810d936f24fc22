// What was written and has not been taken by the server yet. One after another in the order of
// writing, each under its own key, so that saying it twice is one message; it survives a reload with
// its files, and goes on while another chat is open.
import * as keeping from "./keeping.js"
import { sentence } from "./refusals.js"
import { words } from "./words.js"

const PAUSES = [1000, 2000, 5000, 15_000] // ms between attempts while the server is away
const AWAY = [0, 401, 408, 429, 500, 502, 503, 504]
const SAID = ["key", "text", "seen", "reply_to", "quote", "anyway", "preview", "later", "silent", "back", "step", "process", "move"]
const known = new Map() // name → the one outbox of that chat

export function outboxOf(person, lead) {
  const name = `outbox:${person}:${lead}`
  if (!known.has(name)) known.set(name, new Outbox(name, `/leads/${lead}/messages`))
  return known.get(name)
}

/** What an earlier page left unsent leaves, whichever chat is open. */
export function resume(person) {
  const mine = `outbox:${person}:`
  for (const name of Object.keys(localStorage)) {
    if (name.startsWith(mine)) outboxOf(person, name.slice(mine.length)).run()
  }
}

class Outbox {
  constructor(name, path) {
    this.name = name
    this.path = path
    this.entries = JSON.parse(localStorage.getItem(name) ?? "[]")
    this.failures = 0
    this.wake = () => this.run()
    for (const entry of this.entries) if (entry.files?.length) entry.restored = this.restore(entry)
    addEventListener("online", this.wake)
    document.addEventListener("live", ({ detail }) => detail.state === "live" && this.run())
  }

  /** `said(entry, what)` hears what becomes of an entry: waiting, uploading, taken, refused. */
  tell(said) {
    this.said = said
  }

  untell(said) {
    if (this.said === said) this.said = undefined
  }

  say(...told) {
    this.said?.(...told)
  }

  async restore(entry) {
    const files = await keeping.get(`files:${entry.key}`)
    if (files) entry.files = files
    else entry.refused = { said: words("lost") }
  }

  put(entry) {
    this.entries.push(entry)
    if (entry.files?.length) keeping.put(`files:${entry.key}`, entry.files)
    this.keep()
    return this.run()
  }

  drop(entry) {
    this.entries = this.entries.filter(one => one.key !== entry.key)
    entry.request?.abort()
    if (entry.files?.length) keeping.drop(`files:${entry.key}`)
    this.keep()
  }

  retry(entry) {
    delete entry.refused
    this.keep()
    return this.run()
  }

  keep() {
    const lasting = this.entries.map(({ request, restored, files, ...rest }) => ({
      ...rest,
      files: files?.map(({ name, size, type, kept }) => ({ name, size, type, kept })),
    }))
    if (lasting.length) localStorage.setItem(this.name, JSON.stringify(lasting))
    else localStorage.removeItem(this.name)
  }

  // Two tabs may hold the same text: one posts at a time, and the key makes them one message.
  run() {
    clearTimeout(this.again)
    if (this.running) return this.running
    const post = () => this.post()
    this.running = (navigator.locks?.request(this.name, post) ?? post()).finally(() => (this.running = undefined))
    return this.running
  }

  async post() {
    for (let entry; (entry = this.entries.find(one => !one.refused)); ) {
      await entry.restored
      if (entry.refused) {
        this.say(entry, "refused")
        continue
      }
      const { status, said } = await this.send(entry)
      if (!this.entries.includes(entry)) continue
      if (AWAY.includes(status)) {
        this.say(entry, "waiting")
        this.again = setTimeout(this.wake, PAUSES[Math.min(this.failures++, PAUSES.length - 1)])
        return
      }
      this.failures = 0
      if (status < 300) {
        this.drop(entry)
        this.say(entry, "taken")
      } else {
        entry.refused = { status, said }
        this.keep()
        this.say(entry, "refused")
      }
    }
  }

  // XMLHttpRequest, because fetch does not tell how much of an upload has gone.
  send(entry) {
    const form = new FormData()
    for (const name of SAID) if (entry[name]) form.append(name, entry[name])
    form.set("seen", entry.seen ?? 0)
    for (const seq of entry.read ?? []) form.append("read", seq)
    for (const file of entry.files ?? []) {
      if (file.kept) form.append("kept", file.kept) // a template's: the server has it
      else form.append(entry.voice ? "voice" : "files", file, file.name)
    }
    return new Promise(resolve => {
      const request = (entry.request = new XMLHttpRequest())
      request.open("POST", this.path)
      request.setRequestHeader("X-CSRF", document.body.dataset.csrf ?? "")
      request.setRequestHeader("Accept", "application/json")
      request.upload.onprogress = ({ loaded, total }) => entry.files?.length && this.say(entry, "uploading", { loaded, total })
      request.onload = () => resolve({ status: request.status, said: sentence(request.responseText) })
      request.onerror = request.ontimeout = request.onabort = () => resolve({ status: 0 })
      if (!entry.files?.length) request.timeout = 20_000
      request.send(form)
    })
  }
}
