// What was just done, for six seconds, with at most one act (look.md: errors are never toasts).
const LASTS = 6000

export function toast({ text, icon = "check", act = "", path = "" }) {
  const made = document.getElementById("toast").content.cloneNode(true).firstElementChild
  made.querySelector("span").textContent = text
  const use = made.querySelector("use")
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${icon}`))
  const button = made.querySelector("button")
  if (act && path) {
    button.textContent = act
    button.setAttribute("hx-post", path)
    button.setAttribute("hx-swap", "none")
  } else {
    button.remove()
  }
  document.getElementById("toasts").append(made)
  globalThis.htmx.process(made)
  setTimeout(() => made.remove(), LASTS)
}
