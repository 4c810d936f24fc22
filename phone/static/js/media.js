// How each kind of file or place looks in a bubble.

import { el, icon, lengthOf, sizeOf } from "./dom.js";
import { t } from "./words.js";
import { voice } from "./voice.js";

const BIG = 20 * 1024 * 1024;
export const BARE = ["sticker", "video_note"];

const image = (found) =>
  el("img", { src: found.url, alt: t("photo_label"), width: found.width, height: found.height, loading: "lazy", decoding: "async" });

const clip = (found) =>
  el("video", { class: "clip", src: `${found.url}#t=0.1`, controls: true, preload: "metadata", playsinline: true, "aria-label": t("video_label") });

function circle(found) {
  const video = el("video", { src: `${found.url}#t=0.1`, preload: "metadata", playsinline: true, loop: true });
  const toggle = () => (video.paused ? video.play() : video.pause());
  return el("button", { class: "circ", type: "button", "aria-label": t("circle_label"), onclick: toggle }, video);
}

function file(found) {
  const big = found.file_size > BIG;
  const name = found.file_name ?? found.kind;
  const facts = [sizeOf(found.file_size), big && t("too_big")].filter(Boolean).join(" · ");
  return el("div", { class: "file" },
    el("span", { class: "file__i" }, icon(big ? "lock" : "file", "s20")),
    el("span", {}, big ? el("b", {}, name) : el("b", {}, el("a", { href: found.url, download: name }, name)), el("small", {}, facts)));
}

const song = (found) =>
  el("div", { class: "file" }, el("audio", { src: found.url, controls: true, preload: "none", "aria-label": found.file_name ?? t("play") }),
    el("small", {}, lengthOf(found.duration)));

const sticker = (found) =>
  el("img", { class: "stick", src: found.url, alt: t("sticker_label", { emoji: found.emoji ?? "" }), width: 512, height: 512 });

const place = (found) =>
  el("div", { class: "file place" }, el("span", { class: "file__i" }, icon("pin", "s20")),
    el("span", {}, el("b", {}, t("location")), el("small", { class: "num" }, `${found.latitude.toFixed(4)}, ${found.longitude.toFixed(4)}`)));

const person = (found) =>
  el("div", { class: "file place" }, el("span", { class: "file__i" }, icon("contact", "s20")),
    el("span", {}, el("b", {}, [found.first_name, found.last_name].filter(Boolean).join(" ")), el("small", { class: "num" }, found.phone_number)));

const KINDS = {
  photo: (found) => el("div", { class: "album n1" }, image(found)),
  video: clip, animation: clip, video_note: circle, voice, audio: song,
  document: file, sticker, location: place, contact: person,
};

export const media = (line) => (KINDS[line.media.kind] ?? file)(line.media);

export function album(lines) {
  const tile = (found) => (found.kind === "photo" ? image(found) : found.kind === "video" ? clip(found) : file(found));
  return el("div", { class: `album n${lines.length}` }, lines.map((line) => el("div", {}, tile(line.media))));
}
