import htmx from "htmx.org"
import * as hand from "./at-hand.js"
import * as live from "./live.js"
import { requests } from "./requests.js"
import { swaps } from "./swaps.js"
import { policy } from "./trusted.js"

htmx.registerExtension("trusted", { init: api => api.initSecurity(policy) })
htmx.registerExtension("requests", requests)
htmx.registerExtension("swaps", swaps)
live.start()
hand.atHand(
  () => import("./hands.js"),
  ({ type, target }) => type === "click" && target.closest("[data-opens], [data-closes], [data-palette], [data-view], [data-again]"),
)
hand.start()
if (document.querySelector("flow-picture")) import("./flow-picture.js")
