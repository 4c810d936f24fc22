// What the Bot API saw: updates that went to the bot, and what the bot asked for.

import { byId, el, icon, timeOf } from "./dom.js";
import { has, t } from "./words.js";

const LONGEST = 120;
const QUIET = ["sendChatAction", "answerCallbackQuery", "getMe", "getFile", "download", "getWebhookInfo"];

export class Feed {
  constructor(people) {
    this.people = people;
    this.root = byId("feed");
    this.updates = new Map();
    this.empty = el("li", {}, icon("clock", "s14"), el("span", { class: "muted" }, t("feed_empty")));
    this.root.append(this.empty);
  }

  update(update) {
    const key = `${update.bot}/${update.serial}`;
    const known = this.updates.get(key);
    const named = update.kind === "my_chat_member" ? `kind_${update.content}` : `kind_${update.kind}`;
    const kind = has(named) ? t(named) : t("kind_other", { kind: update.kind });
    const who = update.client ? this.people.name(update.client) : t("bot_says");
    const gist = update.gist || (has(`is_${update.content}`) && t(`is_${update.content}`));
    const title = gist ? `${kind}: ${gist}` : kind;
    const [look, sign] = { waiting: update.error ? ["bad", "alert"] : ["", "clock"], confirmed: ["", "up"], dropped: ["warn", "x"] }[update.state];
    const node = this.item(look, sign, who, title, this.fate(update), update.made_at);
    if (known) known.node.replaceWith(node);
    else this.add(node);
    this.updates.set(key, { node });
    if (this.updates.size > 2 * LONGEST) this.updates.delete(this.updates.keys().next().value);
  }

  fate(update) {
    const id = update.update_id;
    if (update.state === "dropped") return t("update_dropped", { id });
    if (update.state === "confirmed") {
      if (update.attempts > 1) return t("update_confirmed_again", { id, attempts: update.attempts });
      const ms = Math.max(0, Math.round((update.at - update.made_at) * 1000));
      const ru = document.documentElement.lang === "ru";
      return t("update_confirmed", { id, ms: ms < 10_000 ? `${ms}\u00a0${ru ? "мс" : "ms"}` : `${Math.round(ms / 1000)}\u00a0${ru ? "с" : "s"}` });
    }
    return update.error ? t("update_failing", { id, attempts: update.attempts, error: update.error }) : t("update_waiting", { id });
  }

  request(request) {
    if (request.outcome === "ok" && QUIET.includes(request.method)) return;
    const [look, sign] = {
      ok: ["ok", "down"], refused: ["bad", "alert"], reset_before: ["bad", "alert"], refuse_connections: ["bad", "alert"],
    }[request.outcome] ?? ["warn", "question"];
    const to = request.chat ? `→ ${this.people.name(request.chat)}` : "";
    this.add(this.item(look, sign, t("bot_says"), `${request.method} ${to}`, this.outcome(request), request.at));
  }

  outcome(request) {
    if (request.outcome === "ok") {
      return request.message_id ? t("request_accept", { id: request.message_id }) : t("request_ok", { method: request.method });
    }
    if (request.outcome === "refused") {
      const but = request.accept ? ` · ${t("request_accept", { id: request.message_id })}` : "";
      return `${t("request_refused", { status: request.status })}: ${request.description}${but}`;
    }
    return t(`request_${request.outcome}`, { id: request.message_id });
  }

  item(look, sign, who, what, small, at) {
    return el("li", { class: look },
      icon(sign, "s14"), el("span", {}, el("b", {}, who), ` ${what}`, el("small", {}, small)), el("time", {}, timeOf(at, true)));
  }

  add(node) {
    this.empty.remove();
    this.root.prepend(node);
    while (this.root.children.length > LONGEST) this.root.lastChild.remove();
  }
}
