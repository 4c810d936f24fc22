// What a composer's buttons, and what is typed, call for: the code comes when it is first wanted.
export const TOOLS = {
  back: () => import("./back.js"),
  dismiss: async () => ({ open: dismiss }),
  emoji: () => import("./emoji.js"),
  keep: () => import("./keep.js"),
  later: () => import("./later.js"),
  quick: () => import("./quick.js"),
  script: () => import("./script.js"),
  strip: () => import("./strip.js"),
  templates: () => import("./templates.js"),
  voice: () => import("./recorder.js"),
}

// Read, and no answer is needed.
async function dismiss({ dataset }) {
  const { run } = await import("./picking.js")
  run("read", undefined, [Number(dataset.lead)])
}
