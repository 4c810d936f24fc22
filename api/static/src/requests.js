// What every request carries, and where an error is shown: in the nearest [data-errors], never over
// the form. An element's own hx-status:… wins over this.
import htmx from "htmx.org"
import { again, leave } from "./live.js"

const SLOT = "[data-errors]"

export function slotOf(element) {
  const around = element?.closest?.("form, dialog, section, main")
  return around?.querySelector(SLOT) ?? document.getElementById("problems")
}

export function say(element, template) {
  const slot = slotOf(element)
  slot?.replaceChildren(document.getElementById(template).content.cloneNode(true))
  slot?.scrollIntoView?.({ block: "nearest" })
}

// What the page asks by itself answers nobody's mistake and makes none.
const own = element => element.matches?.("[data-refresh]")

export const requests = {
  htmx_config_request(element, { ctx }) {
    ctx.request.headers["X-CSRF"] = document.body.dataset.csrf ?? ""
  },

  htmx_after_request(element, { ctx }) {
    const { status } = ctx.response
    const { sourceElement: source } = ctx
    const slot = own(source) ? null : slotOf(source)
    if (status < 400) return slot?.replaceChildren()
    // the typed text stays; only the slot changes
    ctx.hx.retarget = slot
    ctx.hx.reswap = slot ? "innerHTML" : "none"
    ctx.hx.reselect = undefined
    if (status === 401) document.documentElement.dataset.link = "signed-out"
    else if (own(source)) (status === 404 ? leave(source.dataset.lead) : again(source))
  },

  htmx_error(element, { ctx, error }) {
    if (!ctx || !(error instanceof TypeError || ctx.request.signal.reason === "timeout")) return
    if (own(ctx.sourceElement)) again(ctx.sourceElement)
    else say(ctx.sourceElement, "no-answer")
  },
}

// A toast for what was done, sent along with any answer: HX-Trigger: {"toast": {"text": "…"}}
htmx.on("toast", ({ detail }) => import("./toasts.js").then(({ toast }) => toast(detail)))
