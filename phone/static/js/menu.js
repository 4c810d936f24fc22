// One menu at a time, in the top layer, beside what opened it.

import { el } from "./dom.js";

const GAP = 4;
const INSET = 10;
let open = null;

export function openMenu(opener, items) {
  open?.remove();
  const menu = el("div", { class: "menu", popover: "auto", role: "menu" }, items);
  open = menu;
  document.body.append(menu);
  menu.addEventListener("toggle", (event) => { if (event.newState === "closed") menu.remove(); });
  menu.addEventListener("click", (event) => { if (event.target.closest("button, label")) menu.hidePopover?.(); });
  menu.addEventListener("keydown", (event) => walk(menu, event));
  menu.showPopover();
  place(menu, opener);
  menu.querySelector("button")?.focus();
  menu.addEventListener("beforetoggle", () => opener.isConnected && opener.focus({ preventScroll: true }), { once: true });
}

function place(menu, opener) {
  const from = opener.getBoundingClientRect();
  const room = (opener.closest(".phone__s") ?? document.body).getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const left = Math.max(room.left + INSET, Math.min(from.left, room.right - width - INSET));
  const below = from.bottom + GAP + height < innerHeight;
  menu.style.setProperty("left", `${left}px`);
  menu.style.setProperty("top", `${below ? from.bottom + GAP : Math.max(8, from.top - GAP - height)}px`);
}

function walk(menu, event) {
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const buttons = [...menu.querySelectorAll("button")];
  const next = buttons.indexOf(document.activeElement) + step;
  buttons[(next + buttons.length) % buttons.length]?.focus();
}
