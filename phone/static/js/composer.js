// Where the owner writes: text, replies, edits, attachments; or why nothing can be written.

import { attachments } from "./attach.js";
import { el, icon } from "./dom.js";
import { openMenu } from "./menu.js";
import { t } from "./words.js";

export class Composer {
  constructor(phone) {
    this.phone = phone;
    this.root = phone.part("composer");
    this.field = el("textarea", {
      rows: "1", placeholder: t("message"), onkeydown: (event) => this.key(event), oninput: () => this.button(),
    });
    this.form = el("form", { class: "phone__row", onsubmit: (event) => this.submit(event) });
    this.clear();
  }

  clear() {
    this.field.value = "";
    this.aim(null);
  }

  /** `{reply: line, quote?}` or `{edit: line}` or null. */
  aim(target) {
    this.target = target;
    if (target?.edit) this.field.value = target.edit.text;
    this.draw();
    if (target) this.field.focus();
  }

  draw() {
    const { client, bot, isBlocked } = this.phone;
    if (!client || !bot) return;
    if (client.deactivated) return this.off("gone", "return", () => this.phone.does("deactivate", { deactivated: false }));
    if (isBlocked) return this.off("blocked", "unblock", () => this.phone.does("unblock"));
    this.field.setAttribute("aria-label", t("write_as", { name: client.name }));
    this.button();
    // a field that is moved loses the caret: leave everything alone when nothing changed
    const about = JSON.stringify([client.id, this.target, this.phone.log.keyboard()]);
    if (about === this.shown && this.form.isConnected) return;
    this.shown = about;
    this.root.replaceChildren(...[this.aimStrip(), this.form, this.keyboard()].filter(Boolean));
  }

  button() {
    const writing = this.field.value.trim() || this.target?.edit;
    const attach = el("button", { class: "tool", type: "button", "aria-label": t("attach"), "aria-haspopup": "menu",
      onclick: (event) => openMenu(event.currentTarget, attachments(this.phone)) }, icon("clip", "s20"));
    const go = writing
      ? el("button", { class: "btn btn--main round", type: "submit", "aria-label": t(this.target?.edit ? "save" : "send") },
        icon(this.target?.edit ? "check" : "send"))
      : el("button", { class: "tool", type: "button", "aria-label": t("voice"), title: t("voice"),
        onclick: () => this.phone.does("voice", { seconds: 5 }) }, icon("mic", "s20"));
    if (!this.form.children.length) return this.form.append(attach, this.field, go);
    if (this.form.lastChild.type !== go.type || this.form.lastChild.ariaLabel !== go.ariaLabel) this.form.lastChild.replaceWith(go);
  }

  aimStrip() {
    if (!this.target) return null;
    const line = this.target.edit ?? this.target.reply;
    return el("div", { class: "phone__aim" },
      el("span", { class: "grow" },
        el("b", {}, t(this.target.edit ? "editing" : "replying")),
        el("span", { class: "ell" }, this.target.quote ?? (line.text || t(line.media ? `is_${line.media.kind}` : "message")))),
      el("button", { class: "tool", type: "button", "aria-label": t("cancel"), onclick: () => this.clear() }, icon("x")));
  }

  /** The reply keyboard of the bot's last word, if it has one. */
  keyboard() {
    const rows = this.phone.log.keyboard();
    if (!rows) return null;
    return el("div", { class: "rkb" }, rows.map((row) => el("div", {}, row.map((button) => {
      const text = button.text ?? button;
      const say = () => this.phone.does(button.request_contact ? "contact" : "text", { text });
      return el("button", { class: "btn", type: "button", onclick: say }, text);
    }))));
  }

  off(reason, way, run) {
    this.root.replaceChildren(el("p", { class: "phone__off" }, t(reason),
      el("button", { class: "btn btn--s", type: "button", onclick: run }, t(way))));
  }

  key(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) this.submit(event);
    if (event.key === "Escape" && this.target) this.clear();
    if (event.key === "ArrowUp" && !this.field.value) {
      const last = this.phone.log.lastOwn();
      if (last) { event.preventDefault(); this.aim({ edit: last }); }
    }
  }

  async submit(event) {
    event.preventDefault();
    const text = this.field.value.trim();
    if (!text) return;
    const target = this.target;
    this.clear();
    const done = target?.edit
      ? await this.phone.does("edit", { message_id: target.edit.message_id, text })
      : await this.phone.does("text", { text, reply_to: target?.reply?.message_id, quote: target?.quote });
    if (!done && !this.field.value) { this.field.value = text; this.button(); }
  }
}
