// 200 ms where place changes; nothing for who asked for less motion.
const EASE = { duration: 200, easing: "cubic-bezier(.2, 0, 0, 1)" }
const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches || document.hidden

export function slide(element, change) {
  const before = element.getBoundingClientRect().top
  change()
  const way = before - element.getBoundingClientRect().top
  if (way && !still()) element.animate([{ translate: `0 ${way}px` }, { translate: "0 0" }], EASE)
}

export function rise(element) {
  if (!still()) element.animate([{ opacity: 0, translate: "0 8px" }, { opacity: 1, translate: "0 0" }], EASE)
}
