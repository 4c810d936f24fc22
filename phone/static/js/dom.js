// Small tools for building nodes; nothing here parses HTML.

export const byId = (id) => document.getElementById(id);

/** `el("button", {class: "btn", type: "button", onclick: f}, "Text", node)` */
export function el(tag, given = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "checked" || name === "value" || name === "muted") node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

const SVG = "http://www.w3.org/2000/svg";

export function svg(tag, given = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(given)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

export const icon = (name, size = "") =>
  svg("svg", { class: `i ${size}`, "aria-hidden": "true" },
    svg("use", { href: `/static/icons.svg#${name}` }));

export const timeOf = (seconds, withSeconds = false) =>
  new Date(seconds * 1000).toLocaleTimeString(document.documentElement.lang, {
    hour: "2-digit", minute: "2-digit", hour12: false, ...(withSeconds && { second: "2-digit" }),
  });

// Telegram names the heart without the sign that makes it an emoji
export const face = (emoji) => (emoji === "❤" ? "❤\ufe0f" : emoji);

export const lengthOf = (seconds) =>
  `${Math.floor(seconds / 60)}:${String(Math.round(seconds % 60)).padStart(2, "0")}`;

export function sizeOf(bytes) {
  const units = document.documentElement.lang === "ru" ? ["Б", "КБ", "МБ"] : ["B", "KB", "MB"];
  let power = 0;
  while (bytes >= 1024 && power < 2) { bytes /= 1024; power += 1; }
  const shown = bytes.toLocaleString(document.documentElement.lang, { maximumFractionDigits: power ? 1 : 0 });
  return `${shown} ${units[power]}`;
}
