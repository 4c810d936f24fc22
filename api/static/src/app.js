import htmx from "htmx.org"
import * as dialogs from "./dialogs.js"
import "./flow-picture.js"
import * as keys from "./keys.js"
import * as live from "./live.js"
import { requests } from "./requests.js"
import { swaps } from "./swaps.js"
import { policy } from "./trusted.js"
import "./waiting.js"

htmx.registerExtension("trusted", { init: api => api.initSecurity(policy) })
htmx.registerExtension("requests", requests)
htmx.registerExtension("swaps", swaps)
dialogs.start()
keys.start()
live.start()
document.addEventListener("click", event => {
  if (event.target.closest?.("[data-palette]")) import("./palette.js").then(palette => palette.open())
})
if (document.querySelector(".msgr")) import("./messenger/start.js").then(messenger => messenger.start())
