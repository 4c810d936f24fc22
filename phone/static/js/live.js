// The event stream; whoever missed something is told to load again.

import { byId } from "./dom.js";

const KINDS = ["line", "update", "request", "typing", "blocked", "people", "faults"];

export function listen(bus) {
  const source = new EventSource("/control/events");
  for (const kind of KINDS) {
    source.addEventListener(kind, (event) =>
      bus.dispatchEvent(new CustomEvent(kind, { detail: JSON.parse(event.data) })));
  }
  source.addEventListener("reload", () => bus.dispatchEvent(new CustomEvent("reload")));
  source.addEventListener("open", () => {
    byId("offline").hidden = true;
    bus.dispatchEvent(new CustomEvent("reload")); // whatever happened before is read, not heard
  });
  source.addEventListener("error", () => {
    byId("offline").hidden = false;
  });
  addEventListener("pagehide", () => source.close());
}
