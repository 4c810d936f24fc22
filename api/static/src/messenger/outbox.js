// What was written and has not been taken by the server yet. One after another in the order of
// writing, each under its own key, so that saying it twice is one message; text survives a reload.
const PAUSES = [1000, 2000, 5000, 15_000] // ms between attempts while the server is away
const AWAY = [0, 401, 408, 429, 500, 502, 503, 504]

export class Outbox {
  /** `say(entry, what)` shows what became of an entry: waiting, uploading, taken, refused. */
  constructor(name, path, say) {
    this.name = `outbox:${name}`
    this.path = path
    this.say = say
    this.entries = JSON.parse(localStorage.getItem(this.name) ?? "[]")
    this.failures = 0
    this.wake = () => this.run()
    addEventListener("online", this.wake)
    document.addEventListener("live", this.heard = ({ detail }) => detail.state === "live" && this.run())
  }

  close() {
    removeEventListener("online", this.wake)
    document.removeEventListener("live", this.heard)
    clearTimeout(this.again)
  }

  put(entry) {
    this.entries.push(entry)
    this.keep()
    return this.run()
  }

  drop(entry) {
    this.entries = this.entries.filter(one => one.key !== entry.key)
    entry.request?.abort()
    this.keep()
  }

  retry(entry) {
    delete entry.refused
    this.keep()
    return this.run()
  }

  keep() {
    const lasting = this.entries.filter(one => !one.files?.some(file => file instanceof File)).map(({ request, ...rest }) => rest)
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
    for (const name of ["key", "text", "seen", "reply_to", "quote", "anyway", "preview", "later", "silent", "back", "step", "process", "move"]) {
      if (entry[name]) form.append(name, entry[name])
    }
    form.set("seen", entry.seen ?? 0)
    for (const seq of entry.read ?? []) form.append("read", seq)
    for (const file of entry.files ?? []) {
      if (file.kept) form.append("kept", file.kept) // a template's: the server has it
      else form.append("files", file, file.name)
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

function sentence(body) {
  try {
    const { detail, problems } = JSON.parse(body)
    return [detail, ...Object.values(problems ?? {})].join(". ")
  } catch {
    return ""
  }
}
