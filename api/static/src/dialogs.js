// <button data-opens="id"> shows a dialog, [data-closes] in it closes it; the browser gives the
// focus back to the opener. A dialog that came by htmx with data-now opens itself. An open
// <details class="hang"> is a menu: it closes with a press beside it; [data-empties] clears a slot.
function click(event) {
  const opener = event.target.closest?.("[data-opens]")
  if (opener) document.getElementById(opener.dataset.opens)?.showModal()
  const closer = event.target.closest?.("[data-closes]")
  if (closer) closer.closest("dialog")?.close()
  const emptied = event.target.closest?.("[data-empties]")
  if (emptied) document.querySelector(emptied.dataset.empties)?.replaceChildren()
  for (const menu of document.querySelectorAll("details.hang[open]")) {
    if (!menu.contains(event.target)) menu.open = false
  }
  // a press on the veil
  if (event.target.matches?.("dialog[open]") && outside(event)) event.target.close()
}

function outside({ target, clientX, clientY }) {
  const box = target.getBoundingClientRect()
  return clientX < box.left || clientX > box.right || clientY < box.top || clientY > box.bottom
}

function open(root) {
  root.querySelectorAll?.("dialog[data-now]:not([open])").forEach(one => one.showModal())
}

function escape(event) {
  const menu = event.key === "Escape" && event.target.closest?.("details.hang[open]")
  if (!menu) return
  menu.open = false
  menu.querySelector("summary").focus()
}

export function start() {
  open(document)
  document.addEventListener("keydown", escape)
  document.addEventListener("click", click)
  document.addEventListener("htmx:after:settle", event => open(event.target))
  // answered well: done
  document.addEventListener("htmx:after:request", ({ target, detail }) => {
    if (detail.ctx.response.status < 400 && target.matches?.("dialog form")) target.closest("dialog").close()
  })
}
