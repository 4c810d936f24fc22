// Small things by one click: a photo in full, an ID into the clipboard, lines shown or hidden.
const LINES = "lines"

function click(event) {
  const photo = event.target.closest?.("[data-view=photo]")
  if (photo && !event.ctrlKey && !event.metaKey) {
    event.preventDefault()
    const viewer = document.getElementById("viewer")
    viewer.querySelector("img").src = photo.href
    viewer.querySelector("a").href = `${photo.href}?download=1`
    viewer.showModal()
  }
  const copied = event.target.closest?.("[data-copy]")
  if (copied) navigator.clipboard?.writeText(copied.dataset.copy)
  if (event.target.closest?.("[data-act=lines]")) {
    localStorage.setItem(LINES, localStorage.getItem(LINES) === "off" ? "on" : "off")
    lines()
  }
  for (const one of document.querySelectorAll("details.drop[open]")) if (!one.contains(event.target)) one.open = false
}

// Messages only, or everything that happened too.
export function lines() {
  const off = localStorage.getItem(LINES) === "off"
  document.querySelector("message-log")?.classList.toggle("is-only-messages", off)
  document.querySelector("[data-act=lines]")?.setAttribute("aria-pressed", String(off))
}

export function start() {
  document.addEventListener("click", click)
  document.addEventListener("htmx:after:swap", lines)
  lines()
}
