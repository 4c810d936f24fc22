// One bubble: a line, or the lines of one album, with what hangs on it.

import { el, face, icon, timeOf } from "./dom.js";
import { actionsOf } from "./actions.js";
import { BARE, album, media } from "./media.js";
import { t } from "./words.js";

const WRAPS = {
  bold: () => el("b"), italic: () => el("i"), underline: () => el("u"), strikethrough: () => el("s"),
  code: () => el("code"), pre: () => el("pre"), blockquote: () => el("blockquote"),
  expandable_blockquote: () => el("blockquote"), spoiler: () => el("span", { class: "spoiler", tabindex: "0" }),
  bot_command: () => el("span", { class: "cmd" }),
};

function wrapOf(entity, text) {
  const address = entity.type === "text_link" ? entity.url : entity.type === "url" ? text : "";
  if (/^https?:\/\//.test(address)) return el("a", { href: address, target: "_blank", rel: "noopener nofollow" });
  return WRAPS[entity.type]?.() ?? null;
}

/** Text nodes inside the elements that its entities ask for; offsets are UTF-16 units. */
export function textNodes(text, entities) {
  const edges = new Set([0, text.length]);
  for (const entity of entities) edges.add(entity.offset).add(entity.offset + entity.length);
  const places = [...edges].filter((place) => place <= text.length).sort((a, b) => a - b);
  return places.slice(1).map((end, index) => {
    const begin = places[index];
    const inside = entities.filter((entity) => entity.offset <= begin && entity.offset + entity.length >= end);
    return inside.reduceRight((node, entity) => {
      const wrap = wrapOf(entity, text.slice(entity.offset, entity.offset + entity.length));
      if (!wrap) return node;
      wrap.append(node);
      return wrap;
    }, document.createTextNode(text.slice(begin, end)));
  });
}

export function bubble(phone, group) {
  const [line] = group;
  const own = line.from === "client";
  const captioned = group.find((one) => one.text);
  const gone = group.every((one) => one.deleted);
  const content = [];
  if (line.reply_to) content.push(quoteOf(phone, line));
  if (group.length > 1) content.push(album(group));
  else if (line.media) content.push(media(line));
  if (captioned) content.push(el("p", { dir: "auto" }, textNodes(captioned.text, captioned.entities)));
  content.push(metaOf(group.at(-1), own));
  const wide = group.length > 1 || ["photo", "video", "animation"].includes(line.media?.kind);
  const bare = BARE.includes(line.media?.kind);
  if (!gone) content.push(actionsOf(phone, captioned ?? line));
  const box = el("div", { class: `bub ${wide ? "is-media" : ""} ${bare ? "is-bare" : ""}` }, content);
  return el("div", { class: `msg ${own ? "is-out" : ""} ${gone ? "is-gone" : ""}`, "data-message": line.message_id, title: gone ? t("deleted") : null },
    box,
    line.buttons.length ? buttonsOf(phone, line) : null,
    reactionsOf(phone, line));
}

function quoteOf(phone, line) {
  const answered = phone.log.lines.get(line.reply_to);
  const author = answered?.from === "bot" ? phone.bot.name : phone.client.first_name;
  return el("span", { class: "quote" }, el("b", {}, author), line.quote ?? (line.reply_text || t(answered?.media ? `is_${answered.media.kind}` : "message")));
}

function metaOf(line, own) {
  return el("div", { class: "bub__meta" },
    line.edited_at ? el("span", { title: line.edits.join("\n") }, `${t("edited")} ·`) : null,
    el("time", {}, timeOf(line.date)),
    own ? el("span", { class: "mk is-sent", title: t("sent") }, icon("check"), el("span", { class: "sr" }, t("sent"))) : null);
}

function buttonsOf(phone, line) {
  const press = (button) => phone.does("press", { message_id: line.message_id, button: button.data });
  return el("div", { class: "ikb" }, line.buttons.map((row) => el("div", {}, row.map((button) =>
    button.url
      ? el("a", { href: button.url, target: "_blank", rel: "noopener nofollow" }, button.text)
      : el("button", { type: "button", onclick: () => press(button) }, button.text)))));
}

function reactionsOf(phone, line) {
  const all = Object.entries(line.reactions).flatMap(([who, emojis]) => emojis.map((emoji) => [who, emoji]));
  if (!all.length) return null;
  return el("div", {}, all.map(([who, emoji]) =>
    el("span", { class: "react", title: who === "bot" ? phone.bot.name : phone.client.name }, face(emoji))));
}
