// Notes for colleagues: what is being written survives a reload, in this browser; "@" opens the menu
// of who may be mentioned.
const me = () => document.querySelector(".msgr")?.dataset.person ?? ""
const name = field => `draft-note:${me()}:${field.dataset.noteDraft}`

function typed({ target }) {
  if (!target.matches?.("[data-mentions] textarea")) return
  if (target.dataset.noteDraft) keep(target)
  if (!target.mentions && target.value.includes("@")) import("./mentions.js").then(({ attend }) => attend(target))
}

function keep(field) {
  if (field.value.trim()) localStorage.setItem(name(field), field.value)
  else localStorage.removeItem(name(field))
}

function recall() {
  for (const field of document.querySelectorAll("[data-note-draft]")) field.value ||= localStorage.getItem(name(field)) ?? ""
}

// Stored: before the swap puts an empty form in its place.
function saved({ target, detail }) {
  const field = target.matches?.(".note-new") && target.querySelector("[data-note-draft]")
  if (field && detail.ctx.response.status < 300) localStorage.removeItem(name(field))
}

export function start() {
  document.addEventListener("input", typed)
  document.addEventListener("htmx:after:request", saved)
  document.addEventListener("htmx:after:swap", recall)
  recall()
}
