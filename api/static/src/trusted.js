// The one policy that makes HTML: of what our own server answered, and of nothing else.
const asIs = text => text
export const policy = globalThis.trustedTypes?.createPolicy("leadloom", {
  createHTML: asIs,
  createScript: () => "",
  createScriptURL: url => (url.startsWith("/static/") ? url : ""),
})
