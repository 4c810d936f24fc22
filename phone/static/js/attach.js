// What can be sent besides text: made things with real bytes, or a file of one's own.

import { upload } from "./api.js";
import { el, icon } from "./dom.js";
import { t } from "./words.js";

const SIZE_64_MB = 64 * 1024 * 1024;

const MADE = [
  ["image", "photo", "photo", () => ({ seed: Math.floor(Math.random() * 7) + 1 })],
  ["images", "album", "album", () => ({ count: 5 })],
  ["mic", "voice", "voice", () => ({ seconds: 5 })],
  ["video", "video", "video", () => ({ seconds: 3 })],
  ["circle", "video_note", "video_note", () => ({ seconds: 3 })],
  ["file", "document", "document", () => ({ name: "passport.pdf" })],
  ["lock", "big_file", "document", () => ({ name: "film.mkv", declared_size: SIZE_64_MB })],
  ["sticker", "sticker", "sticker", () => ({})],
  ["pin", "location", "location", () => ({})],
  ["contact", "contact", "contact", () => ({})],
];

export function attachments(phone) {
  const made = MADE.map(([sign, key, act, about]) =>
    el("button", { class: "mi", type: "button", role: "menuitem", onclick: () => phone.does(act, about()) },
      icon(sign), t(key)));
  const own = el("button", { class: "mi", type: "button", role: "menuitem", onclick: () => choose(phone) },
    icon("upload"), t("own_file"));
  return [...made, el("hr"), own];
}

function choose(phone) {
  const input = el("input", { type: "file", multiple: true });
  input.addEventListener("change", () => send(phone, [...input.files]));
  input.click();
}

function kindOf(file) {
  if (/^image\/(jpeg|png|webp)$/.test(file.type)) return "photo";
  if (file.type.startsWith("video/")) return "video";
  if (/^audio\/(ogg|webm)/.test(file.type)) return "voice";
  if (file.type.startsWith("audio/")) return "audio";
  return "document";
}

async function send(phone, files) {
  const photos = files.filter((file) => kindOf(file) === "photo");
  const rest = files.filter((file) => kindOf(file) !== "photo");
  try {
    if (photos.length > 1) await upload(phone.client.id, phone.bot.id, "album", photos);
    for (const file of photos.length > 1 ? rest : files) {
      await upload(phone.client.id, phone.bot.id, kindOf(file), [file]);
    }
  } catch (problem) {
    phone.toast(t("error", { reason: problem.message }));
  }
}
