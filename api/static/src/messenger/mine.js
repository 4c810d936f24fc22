// Which rows and bubbles are mine and what I have pinned is the page's own business: fragments are
// the same for everybody.
const sheet = new CSSStyleSheet()
function mine() {
  const me = CSS.escape(document.querySelector(".msgr")?.dataset.person ?? "")
  const pins = (document.getElementById("tabs")?.dataset.pins ?? "").split(" ").filter(Boolean)
  const own = `[data-by="${me}"] .is-you { display: inline } [data-by="${me}"] .is-other { display: none } [data-mentioned~="${me}"] .row__at { display: inline-grid }`
  const pinned = pins.map(lead => `[data-lead="${Number(lead)}"] .row__pin`).join()
  sheet.replaceSync(pinned ? `${own} ${pinned} { display: inline-flex }` : own)
}

export function start() {
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]
  mine()
  document.addEventListener("htmx:after:swap", mine)
}
