// The two dialogs: a new client, and who opens a link.

import { act, post } from "./api.js";
import { byId, el } from "./dom.js";

export class Dialogs {
  constructor(people) {
    this.people = people;
    byId("newcomer").addEventListener("click", () => this.open("newcomer-dialog"));
    byId("newcomer-dialog").addEventListener("close", () => this.create());
    byId("link-dialog").addEventListener("close", () => this.openLink());
  }

  open(id) {
    byId(id).returnValue = "";
    byId(id).showModal();
  }

  fields(id) {
    const form = byId(id).querySelector("form");
    return Object.fromEntries([...new FormData(form)].filter(([, value]) => value));
  }

  async create() {
    const dialog = byId("newcomer-dialog");
    if (dialog.returnValue !== "create") return;
    const client = await post("/clients", this.fields("newcomer-dialog"));
    dialog.querySelector("form").reset();
    await this.people.load(this.people.bot, { left: 0, right: 0 });
    const free = Object.entries(this.people.phones).find(([, phone]) => !phone.client);
    await this.people.hand(client, free?.[0] ?? "right");
  }

  /** Asks who follows the link `t.me/<bot>?start=<payload>`. */
  follow({ client, payload = "" }) {
    const select = byId("follower");
    select.replaceChildren(...this.people.clients.map((one) => el("option", { value: one.id }, one.name)));
    if (client) select.value = client;
    byId("payload").value = payload;
    this.open("link-dialog");
  }

  async openLink() {
    if (byId("link-dialog").returnValue !== "open") return;
    const { client, payload } = this.fields("link-dialog");
    const follower = this.people.clients.find((one) => one.id === Number(client));
    if (!follower) return;
    if (!this.people.phoneOf(follower.id, this.people.bot.id)) await this.people.hand(follower, "left");
    await act(follower.id, this.people.bot.id, "start", { payload });
  }
}
