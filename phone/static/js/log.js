// A conversation: its lines by message id, albums as one bubble, days between them.

import { bubble } from "./bubble.js";
import { el, icon } from "./dom.js";
import { t } from "./words.js";

const TOGETHER = 120; // seconds between lines of one author that stay close

const dayOf = (line) => new Date(line.date * 1000).toDateString();

function dayLabel(line) {
  if (dayOf(line) === new Date().toDateString()) return t("today");
  return new Date(line.date * 1000).toLocaleDateString(document.documentElement.lang, { day: "numeric", month: "long" });
}

export class Log {
  constructor(phone) {
    this.phone = phone;
    this.root = phone.part("lines");
    this.typingLine = el("p", { class: "typing", hidden: true });
    this.lines = new Map();
    this.nodes = new Map(); // by the first message id of a bubble
  }

  fill(lines) {
    this.lines = new Map(lines.map((line) => [line.message_id, line]));
    this.nodes.clear();
    const shown = [];
    let before = null;
    for (const group of this.groups()) {
      if (!before || dayOf(before) !== dayOf(group[0])) shown.push(el("div", { class: "day" }, el("time", {}, dayLabel(group[0]))));
      shown.push(this.draw(group, before));
      before = group.at(-1);
    }
    this.root.replaceChildren(...shown, this.typingLine);
    if (!shown.length) this.invite(t("empty"), t("empty_hint"), true);
  }

  invite(title, hint, start = false) {
    const button = start && el("button", { class: "btn btn--main", type: "button", onclick: () => this.phone.does("start") }, t("start"));
    this.root.replaceChildren(
      el("div", { class: "empty" }, icon(start ? "bot" : "phone"), el("h3", {}, title), el("p", {}, hint), button || null),
      this.typingLine);
  }

  /** A new line, or a known one that changed. */
  put(line) {
    const fresh = !this.lines.has(line.message_id);
    this.lines.set(line.message_id, line);
    if (this.lines.size === 1) return this.fill([line]);
    const groups = this.groups();
    const index = groups.findIndex((group) => group.some((one) => one.message_id === line.message_id));
    const group = groups[index];
    const before = groups[index - 1]?.at(-1) ?? null;
    const old = this.nodes.get(group[0].message_id);
    const node = this.draw(group, before);
    if (old) old.replaceWith(node);
    else if (fresh && index === groups.length - 1) {
      if (before && dayOf(before) !== dayOf(line)) this.typingLine.before(el("div", { class: "day" }, el("time", {}, dayLabel(line))));
      this.typingLine.before(node);
    } else this.fill([...this.lines.values()]);
  }

  groups() {
    const groups = [];
    for (const line of [...this.lines.values()].sort((a, b) => a.message_id - b.message_id)) {
      const last = groups.at(-1);
      if (line.album && last?.[0].album === line.album) last.push(line);
      else groups.push([line]);
    }
    return groups;
  }

  draw(group, before) {
    const close = before && before.from === group[0].from && group[0].date - before.date < TOGETHER;
    const node = bubble(this.phone, group);
    node.classList.toggle("is-joined", Boolean(close));
    this.nodes.set(group[0].message_id, node);
    return node;
  }

  typing(words) {
    this.typingLine.textContent = words;
    this.typingLine.hidden = !words;
  }

  lastOwn() {
    return [...this.lines.values()].reverse().find((line) => line.from === "client" && line.text && !line.deleted);
  }

  keyboard() {
    const asked = [...this.lines.values()].reverse().find((line) => line.keyboard);
    return asked?.keyboard.keyboard ?? null;
  }
}
