// Starts the page: two phones, the people, the faults, the feed.

import { get } from "./api.js";
import { Dialogs } from "./dialogs.js";
import { byId, el } from "./dom.js";
import { Faults } from "./faults.js";
import { Feed } from "./feed.js";
import { listen } from "./live.js";
import { People } from "./people.js";
import { Phone } from "./phone.js";
import { learn } from "./words.js";

const bus = new EventTarget();
const remembered = (key) => localStorage.getItem(`phone.${key}`);
const remember = (key, value) => localStorage.setItem(`phone.${key}`, value);

function dress() {
  const theme = remembered("theme");
  if (theme) document.documentElement.dataset.theme = theme;
  byId("theme").addEventListener("click", () => {
    const shown = document.documentElement.dataset.theme
      ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
    document.documentElement.dataset.theme = shown === "dark" ? "light" : "dark";
    remember("theme", document.documentElement.dataset.theme);
  });
}

function chooseBot(bots, wanted) {
  const select = byId("bot");
  select.replaceChildren(...bots.map((bot) => el("option", { value: bot.id }, bot.name)));
  const bot = bots.find((one) => one.username === wanted || String(one.id) === String(wanted)) ?? bots[0];
  if (bot) select.value = bot.id;
  select.hidden = bots.length < 2;
  return bot ?? null;
}

async function start() {
  dress();
  await learn();
  const query = new URLSearchParams(location.search);
  const phones = Object.fromEntries(["left", "right"].map((side) => [side, new Phone(side)]));
  const people = new People(phones, remember);
  const dialogs = new Dialogs(people);
  for (const phone of Object.values(phones)) phone.dialogs = dialogs;
  const feed = new Feed(people);
  const faults = new Faults();
  let bots = [];

  let loading = Promise.resolve();
  const reload = () => { loading = loading.then(load, load); };

  async function load() {
    bots = await get("/bots");
    const bot = chooseBot(bots, query.get("bot") ?? remembered("bot"));
    await people.load(bot, { left: Number(remembered("left")), right: Number(remembered("right")) });
    await faults.load();
    if (query.has("start")) dialogs.follow({ payload: query.get("start") });
    query.delete("start");
  }

  bus.addEventListener("line", ({ detail }) => people.heard(detail));
  bus.addEventListener("typing", ({ detail }) => people.typing(detail));
  bus.addEventListener("blocked", ({ detail }) => people.blocked(detail));
  bus.addEventListener("update", ({ detail }) => feed.update(detail));
  bus.addEventListener("request", ({ detail }) => feed.request(detail));
  bus.addEventListener("faults", ({ detail }) => faults.show(detail.faults));
  bus.addEventListener("people", reload);
  bus.addEventListener("reload", reload);
  byId("bot").addEventListener("change", (event) => {
    remember("bot", event.target.value);
    query.delete("bot");
    reload();
  });
  listen(bus);
  byId("language").search = new URLSearchParams({ lang: byId("language").hreflang });
}

start();
