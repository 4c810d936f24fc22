// Builds src/ and css/ into dist/ with hashed names, and dist/manifest.json: plain name → built name.
import { build } from "esbuild"
import { copyFile, mkdir, rename, rm, writeFile } from "node:fs/promises"
import { basename, dirname, join, relative } from "node:path"
import { fileURLToPath } from "node:url"

const here = dirname(fileURLToPath(import.meta.url))
const packages = join(here, "..", "..", "node_modules")
const dist = join(here, "dist")
const fresh = join(here, "dist.new")

// Whatever these import with import("./…") becomes a chunk of its own, loaded on demand.
const pages = ["src/app.js", "src/messenger.js", "src/board.js", "css/app.css"]
// A worker is one plain script: not every browser takes a module for a SharedWorker.
const workers = ["src/live-worker.js"]
// Read by Python at start, not served.
const icons = ["lucide", "circle-flags"]

const common = {
  bundle: true,
  minify: true,
  sourcemap: true,
  metafile: true,
  outdir: fresh,
  entryNames: "[name]-[hash]",
  chunkNames: "chunk-[name]-[hash]",
  assetNames: "[name]-[hash]",
  loader: { ".woff2": "file", ".svg": "file", ".png": "file", ".txt": "text" },
  target: ["es2022", "chrome109", "firefox115", "safari16.4"],
  logLevel: "warning",
}

const paths = names => names.map(name => join(here, name))

await rm(fresh, { recursive: true, force: true })
await mkdir(join(fresh, "icons"), { recursive: true })
const built = await Promise.all([
  build({ ...common, entryPoints: paths(pages), format: "esm", splitting: true }),
  build({ ...common, entryPoints: paths(workers), format: "iife" }),
])
const manifest = {}
for (const { metafile } of built) {
  for (const [file, output] of Object.entries(metafile.outputs)) {
    if (output.entryPoint && !basename(file).startsWith("chunk-")) {
      manifest[basename(output.entryPoint)] = relative(fresh, join(process.cwd(), file))
    }
  }
}
for (const name of icons) {
  await copyFile(join(packages, "@iconify-json", name, "icons.json"), join(fresh, "icons", `${name}.json`))
}
await writeFile(join(fresh, "manifest.json"), JSON.stringify(manifest, null, 2))
await rm(dist, { recursive: true, force: true })
await rename(fresh, dist)
