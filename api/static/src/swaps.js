// Swaps by key, for lists that move while somebody reads them. Each element of a fragment has an id
// and may have
//   data-at  its place: `bump` keeps the greatest first, `put` last
//   data-v   its version: an older one never replaces a newer one
// A target's data-accepts ("mode=manual archived=no|") says which elements belong to it: of their
// data-… attributes each named one must have one of the values. Where it asks for data-in, one that
// has none is judged by somebody else: it changes where it is shown. data-more: the list goes on
// below. data-by names another attribute than data-at as the place.
import { slide, rise } from "./motion.js"

// What belongs to the reader and not to the fragment.
const KEPT = new Set(["aria-current", "aria-expanded", "open", "hidden"])
let htmx

export const swaps = {
  init(api) {
    htmx = api
  },

  handle_swap(style, target, fragment) {
    if (style === "bump") return each(fragment, made => bump(target, made))
    if (style === "put") return each(fragment, made => put(target, made))
    return false
  },

  htmx_before_morph_attr(element, { attrName, newValue }) {
    return !(newValue === null && KEPT.has(attrName) && element.closest("[data-keeps]"))
  },
}

function each(fragment, act) {
  return [...fragment.children].map(act).filter(Boolean)
}

function bump(list, made) {
  const shown = byId(made.id)
  if (newer(shown, made)) return shown
  const unjudged = list.dataset.accepts?.startsWith("in=") && !made.dataset.in
  if (unjudged && !shown) return null
  if (!unjudged && !accepts(list, made)) {
    if (shown && list.contains(shown) && !shown.querySelector("[aria-current]")) shown.remove()
    return null
  }
  const place = [...list.children].find(one => one.id !== made.id && at(one) <= at(made, list))
  if (!place && !shown && "more" in list.dataset) return null
  const row = shown ? morph(shown, made) : made
  if (!shown) {
    list.insertBefore(row, place ?? null)
    rise(row)
  } else if (row.nextElementSibling !== (place ?? null) && !stays(row)) {
    slide(row, () => move(list, row, place ?? null))
  }
  return row
}

function put(list, made) {
  const shown = byId(made.id)
  if (newer(shown, made)) return shown
  const later = [...list.children].find(one => one !== shown && at(one) > at(made))
  if (shown) {
    const row = morph(shown, made)
    if (!stays(row, -1)) move(list, row, later ?? null)
    return row
  }
  if (!accepts(list, made)) return null
  list.insertBefore(made, later ?? null)
  rise(made)
  return made
}

const newer = (shown, made) => Number(shown?.dataset.v ?? 0) > (made.dataset.v ?? Infinity)

function morph(shown, made) {
  const { tagName } = made
  const fragment = document.createDocumentFragment()
  fragment.append(made)
  if (shown.tagName === tagName) htmx.morph(shown, fragment, false)
  else shown.replaceWith(fragment)
  return byId(shown.id) ?? shown
}

// Already between a newer and an older one: equal times do not make rows jump. In a list that grows
// downwards (`way` -1) what is sent once more moves to its end.
function stays(row, way = 1) {
  const [before, here, after] = [row.previousElementSibling, row, row.nextElementSibling].map(one => (one ? way * at(one) : NaN))
  return !(before < here || after > here)
}

function move(list, row, place) {
  if (list.moveBefore && row.parentNode === list) list.moveBefore(row, place)
  else list.insertBefore(row, place)
}

function accepts(list, made) {
  const wanted = (list.dataset.accepts ?? "").split(" ").filter(Boolean)
  return wanted.every(pair => {
    const [name, values] = pair.split("=")
    return values.split("|").includes(made.dataset[name] ?? "")
  })
}

const at = (element, list = element.parentNode) =>
  Number(element.dataset[list?.dataset?.by ?? "at"] ?? (element.id ? Infinity : -Infinity))
const byId = id => (id ? document.getElementById(id) : null)
