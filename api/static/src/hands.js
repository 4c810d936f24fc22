// What every page needs once somebody touches it.
import * as dialogs from "./dialogs.js"
import * as keys from "./keys.js"
import "./waiting.js"

if (document.querySelector(".tpl, .words")) import("./sorting.js")
// its keys may be pressed before it is there
const tasks = document.querySelector(".tsk") && import("./tasks.js").then(page => page.start())
dialogs.start()
keys.start()
document.addEventListener("click", event => {
  if (event.target.closest?.("[data-palette]")) import("./palette.js").then(palette => palette.open())
  // the page may have gone on since it was drawn
  const again = event.target.closest?.("[data-when=signed-out] a")
  if (again) again.href = `/login?next=${encodeURIComponent(location.pathname + location.search)}`
})
if (document.querySelector("main.library")) (await import("./messenger/library.js")).page()
import("./notices/start.js").then(notices => notices.start())
if (document.querySelector("[data-hearing]")) import("./notices/hearing.js")

export const missed = async early => (await tasks, early.forEach(keys.press))
