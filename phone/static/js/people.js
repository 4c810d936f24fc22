// Who writes: the list, and which of them hold the two phones.

import { get } from "./api.js";
import { byId, el } from "./dom.js";
import { t } from "./words.js";

export const initials = (client) =>
  [client.first_name, client.last_name].filter(Boolean).map((name) => [...name][0]).join("").toUpperCase();

export const hue = (client) => (client.id % 8) + 1;

export class People {
  constructor(phones, remember) {
    this.phones = phones;
    this.remember = remember;
    this.clients = [];
    this.bot = null;
  }

  async load(bot, wanted) {
    this.bot = bot;
    this.clients = await get("/clients");
    const free = [...this.clients];
    const known = (id) => this.clients.find((client) => client.id === id);
    for (const side of ["left", "right"]) {
      const phone = this.phones[side];
      const own = known(phone.client?.id) ?? known(wanted[side]);
      const taken = Object.values(this.phones).some((other) => other !== phone && other.client?.id === own?.id);
      await phone.give(own && !taken ? own : null, bot);
    }
    for (const phone of Object.values(this.phones)) {
      const holders = Object.values(this.phones).map((one) => one.client?.id);
      const next = free.find((client) => !holders.includes(client.id));
      if (!phone.client && next) await phone.give(next, bot);
    }
    this.draw();
  }

  async hand(client, side) {
    const other = this.phones[side === "left" ? "right" : "left"];
    const phone = this.phones[side];
    if (other.client?.id === client.id) await other.give(phone.client, this.bot);
    await phone.give(client, this.bot);
    for (const [name, one] of Object.entries(this.phones)) this.remember(name, one.client?.id ?? "");
    this.draw();
    phone.root.scrollIntoView({ block: "nearest", behavior: "smooth" });
  }

  name(id) {
    return this.clients.find((client) => client.id === id)?.first_name ?? String(id ?? "");
  }

  phoneOf(client, bot) {
    if (bot !== this.bot?.id) return null;
    return Object.values(this.phones).find((phone) => phone.client?.id === client) ?? null;
  }

  heard({ client, bot, line }) { this.phoneOf(client, bot)?.put(line); }
  typing({ client, bot, action, seconds }) { this.phoneOf(client, bot)?.typing(action, seconds); }
  blocked({ client, bot, blocked }) { this.phoneOf(client, bot)?.block(blocked); }

  draw() {
    byId("nobody").hidden = this.clients.length > 0;
    byId("people").replaceChildren(...this.clients.map((client) => this.row(client)));
  }

  row(client) {
    const side = Object.keys(this.phones).find((name) => this.phones[name].client?.id === client.id);
    const about = [client.language_code, side && t(side), client.deactivated && t("left_telegram")];
    const button = (name, arrow) =>
      el("button", {
        type: "button",
        "aria-pressed": String(side === name),
        title: t(`${name}_phone`),
        onclick: () => this.hand(client, name),
      }, arrow, el("span", { class: "sr" }, `${client.name}: ${t(`${name}_phone`)}`));
    return el("li", { class: `pers ${side ? "is-shown" : ""}` },
      el("span", { class: "av av--m", "data-h": hue(client), "aria-hidden": "true" }, initials(client)),
      el("span", { class: "grow" }, el("b", { class: "ell" }, client.name), el("small", {}, about.filter(Boolean).join(", "))),
      el("span", { class: "sides" }, button("left", "1"), button("right", "2")));
  }
}
