// What the owner may do with a message: reply, quote, edit, react.

import { el, face, icon } from "./dom.js";
import { openMenu } from "./menu.js";
import { t } from "./words.js";

const EMOJI = ["👍", "❤", "🔥", "😁", "👎"];

export function actionsOf(phone, line) {
  let chosen = "";
  const opener = el("button", {
    class: "tool", type: "button", "aria-haspopup": "menu", "aria-label": t("actions"), title: t("actions"),
    onpointerdown: () => { chosen = selectedIn(opener.closest(".msg")); },
    onclick: () => openMenu(opener, items(phone, line, chosen || selectedIn(opener.closest(".msg")))),
  }, icon("more"));
  return el("div", { class: "acts" }, opener);
}

/** What is selected in this bubble and stands in its text. */
function selectedIn(message) {
  const selection = getSelection();
  if (!selection?.rangeCount || !message?.contains(selection.anchorNode)) return "";
  return selection.toString().trim();
}

function items(phone, line, chosen) {
  const own = line.reactions.client ?? [];
  const item = (name, key, run) =>
    el("button", { class: "mi", type: "button", role: "menuitem", onclick: run }, icon(name), t(key));
  const faces = EMOJI.map((emoji) => {
    const on = own.includes(emoji);
    const react = () => phone.does("react", { message_id: line.message_id, emoji: on ? null : emoji });
    return el("button", {
      type: "button", role: "menuitemcheckbox", "aria-checked": String(on),
      "aria-label": t(on ? "unreact" : "react", { emoji: face(emoji) }), onclick: react,
    }, face(emoji));
  });
  const quoted = chosen && line.text.includes(chosen);
  return [
    el("div", { class: "row-emoji", role: "group" }, faces),
    el("hr"),
    item("reply", "reply", () => phone.composer.aim({ reply: line })),
    quoted ? item("quote", "quote", () => phone.composer.aim({ reply: line, quote: chosen })) : null,
    line.from === "client" && line.text ? item("pencil", "edit", () => phone.composer.aim({ edit: line })) : null,
  ];
}
