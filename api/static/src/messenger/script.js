// A script in the composer: what comes next is put in, and the one after it stands there.
import htmx from "htmx.org"

const strip = composer => composer.querySelector(".script")
const path = composer => `/leads/${composer.dataset.lead}/script`
const swap = composer => ({ source: composer, target: strip(composer), swap: "outerMorph" })

/** From its beginning; `menu` is where it was picked. */
export async function begin(menu, script) {
  const { composer, typed } = menu
  menu.close()
  if (typed) composer.fill("")
  const arrived = () => {
    const put = strip(composer)?.querySelector("[data-act=script]")
    if (!put) return
    document.removeEventListener("htmx:after:settle", arrived)
    put.focus()
  }
  document.addEventListener("htmx:after:settle", arrived) // earlier, a swap gives the focus back to the field
  await htmx.ajax("POST", path(composer), { ...swap(composer), values: { script } }).catch(() => document.removeEventListener("htmx:after:settle", arrived))
}

export async function open(composer) {
  const { next, after } = strip(composer).dataset
  const on = () => htmx.ajax("PUT", `${path(composer)}?place=${after}`, swap(composer)).catch(() => {})
  await composer.use("templates", { only: next, then: on })
}
