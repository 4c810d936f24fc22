// A voice message: its real peaks, and a button that plays it.

import { el, icon, lengthOf, svg } from "./dom.js";
import { t } from "./words.js";

const BARS = 26;
const STEP = 4.5;
const HEIGHT = 28;
const known = new Map(); // peaks by address

async function peaksOf(url) {
  if (known.has(url)) return known.get(url);
  const bytes = await (await fetch(url)).arrayBuffer();
  const sound = await new OfflineAudioContext(1, 1, 48_000).decodeAudioData(bytes);
  const samples = sound.getChannelData(0);
  const span = Math.max(1, Math.floor(samples.length / BARS));
  const peaks = Array.from({ length: BARS }, (_, bar) => {
    let peak = 0;
    for (let at = bar * span; at < (bar + 1) * span; at += 16) peak = Math.max(peak, Math.abs(samples[at] ?? 0));
    return peak;
  });
  const loudest = Math.max(...peaks, 0.01);
  const scaled = peaks.map((peak) => peak / loudest);
  known.set(url, scaled);
  return scaled;
}

const bar = (peak, index) => {
  const height = Math.max(3, peak * HEIGHT);
  return svg("rect", { x: index * STEP, y: (HEIGHT - height) / 2, width: 2.5, height, rx: 1.25, class: "rest" });
};

export function voice(found) {
  const wave = svg("svg", { class: "wave", viewBox: `0 0 ${BARS * STEP} ${HEIGHT}`, "aria-hidden": "true" },
    ...Array.from({ length: BARS }, (_, index) => bar(0.1, index)));
  const time = el("small", { class: "num" }, lengthOf(found.duration));
  const sound = new Audio();
  sound.preload = "none";
  sound.src = found.url;
  const button = el("button", { class: "play", type: "button", "aria-label": t("play"), onclick: () => (sound.paused ? sound.play() : sound.pause()) },
    icon("play", "s18"));
  const state = (name, label) => () => {
    button.replaceChildren(icon(name, "s18"));
    button.setAttribute("aria-label", t(label));
  };
  const advance = () => {
    const played = (sound.currentTime / (sound.duration || found.duration || 1)) * BARS;
    [...wave.children].forEach((one, index) => one.classList.toggle("rest", index >= played));
    time.textContent = lengthOf(sound.paused && !sound.currentTime ? found.duration : sound.currentTime);
  };
  sound.addEventListener("play", state("pause", "pause"));
  sound.addEventListener("pause", state("play", "play"));
  sound.addEventListener("timeupdate", advance);
  sound.addEventListener("ended", () => { sound.currentTime = 0; advance(); });
  peaksOf(found.url).then((peaks) => wave.replaceChildren(...peaks.map(bar)), () => {});
  return el("div", { class: "voice" }, button, el("div", {}, wave, time));
}
