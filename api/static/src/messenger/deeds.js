// One deed on many chats: a few at a time, so that it shows how far it is and can be stopped; what
// could not be done is named, the rest can be taken back.
import { toast } from "../toasts.js"

const AT_ONCE = 20
let stopped = false

export function stop() {
  stopped = true
}

export async function perform(kind, value, leads, bar) {
  const key = crypto.randomUUID?.() ?? `deed-${Date.now()}-${Math.random().toString(36).slice(2)}`
  const failed = []
  let answer
  stopped = false
  for (let done = 0; done < leads.length && !stopped; done += AT_ONCE) {
    progress(bar, done, leads.length)
    try {
      answer = await send(key, kind, value, leads.slice(done, done + AT_ONCE))
    } catch (error) {
      failed.push({ name: "", why: error.message })
      break
    }
    failed.push(...answer.failed)
  }
  progress(bar, leads.length, leads.length)
  if (answer && (!failed.length || answer.act)) toast(answer)
  if (failed.length) tell(bar, failed)
}

async function send(key, kind, value, leads) {
  const body = new URLSearchParams({ key, kind })
  if (value !== undefined) body.set("value", value)
  for (const lead of leads) body.append("lead", lead)
  const headers = { "X-CSRF": document.body.dataset.csrf ?? "", Accept: "application/json" }
  const answer = await fetch("/deeds", { method: "POST", headers, body }).catch(() => null)
  if (answer?.ok) return answer.json()
  const said = await answer?.json().catch(() => null)
  throw new Error(said?.sentence ?? document.getElementById("no-answer").content.textContent.trim())
}

function progress(bar, done, all) {
  const part = bar?.querySelector(".picking__run")
  if (!part) return
  part.hidden = done >= all
  part.querySelector("progress").value = done / all
  const said = part.querySelector("[data-said]")
  said.textContent = said.dataset.said.replace("{done}", done).replace("{all}", all)
}

function tell(bar, failed) {
  const slot = bar?.querySelector("[data-failed]")
  if (!slot) return toast({ text: failed[0].why, icon: "circle-alert" })
  slot.hidden = false
  const head = slot.querySelector("b")
  head.textContent = head.dataset.said.replace("{n}", failed.length)
  slot.querySelector("ul").replaceChildren(
    ...failed.slice(0, 10).map(({ name, why }) => {
      const line = document.createElement("li")
      line.textContent = name ? `${name}: ${why}` : why
      return line
    }),
  )
}
