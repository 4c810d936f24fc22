// Says that somebody looks at the open chat or writes in it, and stops saying it. Colleagues see it
// while they are there; nobody keeps it.
import htmx from "htmx.org"

const REPEAT = 20_000 // ms
const TYPED = 3_000
let shown, typedAt = -Infinity, timer

const open = () => (document.hidden ? undefined : document.querySelector("main[data-open-lead]")?.dataset.openLead)

async function say(lead, doing) {
  const headers = { "X-CSRF": document.body.dataset.csrf ?? "" }
  const path = `/leads/${lead}/presence?doing=${doing}`
  const answer = await fetch(path, { method: "PUT", headers, keepalive: true }).catch(() => null)
  if (doing === "gone" || answer?.status !== 200) return
  htmx.swap({ text: await answer.text(), target: document.body, swap: "none", sourceElement: document.body })
}

function look() {
  const lead = open()
  if (lead === shown) return
  clearInterval(timer)
  if (shown) say(shown, "gone")
  shown = lead
  typedAt = -Infinity
  if (!lead) return
  say(lead, "looks")
  timer = setInterval(() => performance.now() - typedAt > TYPED * 2 && say(lead, "looks"), REPEAT)
}

function typed({ target, timeStamp }) {
  if (!target.matches?.("message-composer textarea, .editing textarea") || !shown || !target.value) return
  if (timeStamp - typedAt < TYPED) return
  typedAt = timeStamp
  say(shown, "writes")
}

export function start() {
  document.addEventListener("htmx:after:swap", look)
  document.addEventListener("visibilitychange", look)
  document.addEventListener("input", typed)
  addEventListener("pagehide", () => shown && say(shown, "gone"))
  look()
}
