// To another address: where the list is, a chat and a view open beside it.
import htmx from "htmx.org"

export async function go({ href, pathname }) {
  if (!document.querySelector(".msgr") || !pathname.startsWith("/leads")) return location.assign(href)
  if (pathname !== "/leads") return (await import("./messenger/rows.js")).open(href)
  const rows = new URL(href.replace("/leads", "/leads/rows"))
  htmx.ajax("GET", rows.pathname + rows.search, { source: "#chats", target: "#chats", swap: "innerHTML" })
}
