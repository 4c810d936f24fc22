// One phone: its owner, the chat with the bot, and what may be typed into it.

import { act, get } from "./api.js";
import { Composer } from "./composer.js";
import { el, icon } from "./dom.js";
import { Log } from "./log.js";
import { openMenu } from "./menu.js";
import { has, t } from "./words.js";

const SHOWN = 300; // newest lines of a chat
const TOAST_LASTS = 4000;

export class Phone {
  constructor(side) {
    this.side = side;
    this.root = document.querySelector(`.phone[data-side=${side}]`);
    this.client = null;
    this.bot = null;
    this.isBlocked = false;
    this.early = null;
    this.part = (name) => this.root.querySelector(`[data-part=${name}]`);
    this.log = new Log(this);
    this.composer = new Composer(this);
    this.part("menu").addEventListener("click", () => this.menu());
    this.part("back").addEventListener("click", () => document.querySelector("#people button")?.focus());
    const tick = () => {
      this.part("clock").textContent = new Date().toLocaleTimeString("ru", { hour: "2-digit", minute: "2-digit" });
    };
    tick();
    setInterval(tick, 10_000);
  }

  /** Hands the phone to `client` (or nobody) and shows their chat with `bot`. */
  async give(client, bot) {
    const another = client?.id !== this.client?.id || bot?.id !== this.bot?.id;
    this.client = client;
    this.bot = bot;
    this.root.classList.toggle("is-free", !client);
    this.root.setAttribute("aria-label", client ? t("phone_of", { name: client.name }) : t(`${this.side}_phone`));
    this.part("log").setAttribute("aria-label", client ? t("chat_of", { name: client.name }) : t(`${this.side}_phone`));
    this.part("owner").textContent = client?.name ?? "";
    this.part("bot").textContent = bot?.name ?? t("no_bot");
    this.part("menu").disabled = !client || !bot;
    this.part("composer").hidden = !client || !bot;
    if (!client || !bot) {
      this.early = null;
      this.log.invite(t(bot ? "no_phone" : "no_bot"), t(bot ? "no_phone_hint" : "no_bot_hint"));
      return;
    }
    const early = []; // what is heard while the past is being read
    this.early = early;
    const chat = await get(`/chats/${bot.id}/${client.id}?limit=${SHOWN}`).catch(() => null);
    if (this.early !== early) return; // the phone has been given on meanwhile
    this.early = null;
    if (!chat) return; // the stream is gone, too; its return loads everything again
    this.isBlocked = chat.blocked;
    this.log.fill(chat.lines);
    for (const line of early) this.put(line);
    if (another) this.composer.clear();
    this.composer.draw();
  }

  put(line) {
    if (this.early) {
      this.early.push(line);
      return;
    }
    this.log.put(line);
    if (line.from === "bot") this.idle();
    const answer = line.callback_answer;
    if (answer?.text && Date.now() / 1000 - answer.at < 5) this.toast(answer.text);
    this.composer.draw();
  }

  typing(action, seconds) {
    clearTimeout(this.typingTimer);
    const words = t(has(action) ? action : "typing");
    this.part("state").textContent = words;
    this.log.typing(`${this.bot.name} ${words}`);
    this.typingTimer = setTimeout(() => this.idle(), seconds * 1000);
  }

  idle() {
    clearTimeout(this.typingTimer);
    this.part("state").textContent = t("bot");
    this.log.typing("");
  }

  block(blocked) {
    this.isBlocked = blocked;
    this.composer.draw();
  }

  toast(text) {
    const toast = this.part("toast");
    toast.textContent = text;
    toast.hidden = false;
    clearTimeout(this.toastTimer);
    this.toastTimer = setTimeout(() => { toast.hidden = true; }, TOAST_LASTS);
  }

  /** Does something as the owner; what goes wrong is said on the phone. */
  async does(name, given) {
    try {
      return await act(this.client.id, this.bot.id, name, given);
    } catch (problem) {
      this.toast(t("error", { reason: problem.message }));
      return null;
    }
  }

  menu() {
    const item = (name, key, run, bad) =>
      el("button", { class: `mi ${bad ? "is-bad" : ""}`, type: "button", role: "menuitem", onclick: run }, icon(name), t(key));
    openMenu(this.part("menu"), [
      item("link", "link", () => this.dialogs.follow({ client: this.client.id })),
      this.isBlocked
        ? item("check", "unblock", () => this.does("unblock"))
        : item("ban", "block", () => this.does("block"), true),
      this.client.deactivated
        ? item("check", "return", () => this.does("deactivate", { deactivated: false }))
        : item("user-x", "leave", () => this.does("deactivate"), true),
    ]);
  }
}
