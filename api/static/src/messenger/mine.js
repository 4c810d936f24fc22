// Which rows and bubbles are mine and what I have pinned is the page's own business: fragments are
// the same for everybody.
const sheet = new CSSStyleSheet()
function mine() {
  const me = CSS.escape(document.querySelector(".msgr")?.dataset.person ?? "")
  const pins = (document.getElementById("tabs")?.dataset.pins ?? "").split(" ").filter(Boolean)
  const shown = [`[data-mentioned~="${me}"] .row__at`, ...pins.map(lead => `[data-lead="${Number(lead)}"] .row__pin`)]
  sheet.replaceSync(`[data-by="${me}"] .is-you { display: inline } [data-by="${me}"] .is-other { display: none } ${shown} { display: inline-flex }`)
}

export function start() {
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]
  mine()
  document.addEventListener("htmx:after:swap", mine)
}
