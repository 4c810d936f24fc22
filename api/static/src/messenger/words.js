// Words that the page's own code says: the server wrote them, with {places}, into one template.
export function words(name, values = {}) {
  const said = document.getElementById("composer-words")?.dataset[name] ?? ""
  return said.replace(/\{(\w+)\}/g, (whole, place) => values[place] ?? whole)
}

/** "3 new messages": the server wrote a form for each plural rule. */
export function counted(name, n) {
  const rule = new Intl.PluralRules(document.documentElement.lang).select(n)
  return words(name + rule[0].toUpperCase() + rule.slice(1), { n })
}
