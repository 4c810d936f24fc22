// Switches that break things; they show what is ordered, whoever ordered it.

import { get, post, remove } from "./api.js";
import { byId, el } from "./dom.js";
import { t } from "./words.js";

const SWITCHES = [
  ["429", { retry_after: 5 }],
  ["reset_after", {}],
  ["reset_before", {}],
  ["eof_after", {}],
  ["5xx_before", {}],
  ["5xx_after", {}],
  ["garbage", {}],
  ["slow", { seconds: 10 }],
  ["403", {}],
  ["repeat_updates", {}],
  ["reorder_updates", {}],
  ["refuse_connections", {}],
];
const OFTEN = { once: { count: 1 }, third: { probability: 0.3 }, always: {} };

export class Faults {
  constructor() {
    byId("break").open = matchMedia("(min-width: 900px)").matches;
    this.often = "once";
    for (const button of byId("often").children) {
      button.addEventListener("click", () => {
        this.often = button.dataset.often;
        for (const one of byId("often").children) one.setAttribute("aria-pressed", String(one === button));
      });
    }
  }

  async load() { this.show(await get("/faults")); }

  show(faults) {
    if (!byId("faults").children.length) byId("faults").append(...SWITCHES.map((one) => this.toggle(...one)));
    for (const input of byId("faults").querySelectorAll("input")) {
      input.checked = faults.some((fault) => fault.kind === input.name);
    }
  }

  toggle(kind, settings) {
    return el("label", { class: "toggle" },
      el("input", { type: "checkbox", role: "switch", name: kind, onchange: (event) => this.turn(kind, settings, event.target.checked) }),
      t(`fault_${kind}`));
  }

  async turn(kind, settings, on) {
    if (on) {
      const lasting = kind === "refuse_connections" ? {} : OFTEN[this.often];
      await post("/faults", { kind, ...settings, ...lasting });
      return;
    }
    for (const fault of await get("/faults")) {
      if (fault.kind === kind) await remove(`/faults/${fault.id}`);
    }
  }
}
