// What every request carries, and where an error is shown: in the nearest [data-errors], never over
// the form. An element's own hx-status:… wins over this.
import htmx from "htmx.org"

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

export const requests = {
  htmx_config_request(element, { ctx }) {
    ctx.request.headers["X-CSRF"] = document.body.dataset.csrf ?? ""
  },

  htmx_after_request(element, { ctx }) {
    const { status } = ctx.response
    if (status < 400) {
      // what the page asks by itself answers nobody's mistake
      if (!ctx.sourceElement.matches?.("[data-refresh]")) slotOf(ctx.sourceElement)?.replaceChildren()
      return
    }
    // the typed text stays; only the slot changes
    const slot = slotOf(ctx.sourceElement)
    ctx.hx.retarget = slot
    ctx.hx.reswap = slot ? "innerHTML" : "none"
    ctx.hx.reselect = undefined
    if (status === 401) document.documentElement.dataset.link = "signed-out"
  },

  htmx_error(element, { ctx, error }) {
    if (ctx && error instanceof TypeError) say(ctx.sourceElement, "no-answer")
    if (ctx && ctx.request.signal.reason === "timeout") say(ctx.sourceElement, "no-answer")
  },
}

// A toast for what was done, sent along with any answer: HX-Trigger: {"toast": {"text": "…"}}
htmx.on("toast", ({ detail }) => import("./toasts.js").then(({ toast }) => toast(detail)))
