// The words of the page in its language.

let words = {};

export async function learn() {
  words = await (await fetch(`/static/words.${document.documentElement.lang}.json`)).json();
}

export function t(key, given = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => given[name] ?? "");
}

export const has = (key) => key in words;
