// The keyboard by physical place, so that ЙЦУКЕН works. An element says its key itself:
//   data-key="Ctrl+KeyM"   pressed: clicked, or focused when it is a field
//   data-key="KeyG,KeyC"   one after the other
// and a module may register what is not an element: key("KeyJ", next). Without Ctrl, Alt or
// Escape keys work only outside fields.
export const FIELD = "input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable]"
const BETWEEN = 1000 // ms between the keys of a sequence
const acts = new Map()
let before = "", since = 0

export function key(combination, act) {
  acts.set(combination, act)
}

export function combinationOf({ code, ctrlKey, metaKey, altKey, shiftKey }) {
  const held = [(ctrlKey || metaKey) && "Ctrl", altKey && "Alt", shiftKey && "Shift"]
  return [...held.filter(Boolean), code].join("+")
}

export function press(event) {
  if (event.defaultPrevented || event.isComposing || /^(Control|Meta|Alt|Shift)/.test(event.code)) return
  const pressed = combinationOf(event)
  const inField = event.target.closest?.(FIELD)
  if (inField && !/^(Ctrl\+|Alt\+|Escape)/.test(pressed)) return
  const sequence = event.timeStamp - since < BETWEEN ? `${before},${pressed}` : ""
  ;[before, since] = [pressed, event.timeStamp]
  if (act(sequence, event) || act(pressed, event)) event.preventDefault()
}

/** As if these keys were pressed: for a list of all that can be done. */
export function act(combination, event = new KeyboardEvent("keydown")) {
  if (!combination) return false
  const registered = acts.get(combination)
  if (registered && registered(event) !== false) return true
  const layer = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document
  const found = [...layer.querySelectorAll(`[data-key~="${combination}"]`)].find(one => one.checkVisibility())
  if (!found || found.disabled) return false
  if (found.matches(FIELD)) found.focus()
  else found.click()
  return true
}

export function start() {
  document.addEventListener("keydown", press)
  key("Shift+Slash", () => document.getElementById("keys")?.showModal())
  key("Escape", () => {
    if (location.hash) location.replace("#") // what :target shows closes with it
    return false
  })
}
