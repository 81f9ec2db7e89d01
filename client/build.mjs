// Builds what the browser gets: src/upstander/server/built/ (report.html, assets/, manifest.json).
// The same sources give the same bytes, so anyone can build the page and compare it with what a server serves.
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { alias } from "./alias.mjs";

const out = "src/upstander/server/built";
const assets = join(out, "assets");
const budget = 150 * 1024; // bytes, gzip, script and style and page together: DESIGN section 11

const workers = (folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".worker.ts"))
    .map((name) => [name.replace(/\.ts$/, ""), join(folder, name)]);
const entries = {
  report: "client/report/main.ts",
  desk: "client/desk/main.ts",
  survey: "client/survey/main.ts",
  pass: "client/survey/pass.ts",
  staff: "client/staff/main.ts",
  ...Object.fromEntries(["client/lib", "client/desk"].flatMap(workers)),
};
const styles = { report: "client/look/report.css", desk: "client/look/desk.css", public: "client/look/public.css" };
const copies = [
  "client/look/fonts/atkinson-latin.woff2",
  "client/look/fonts/atkinson-latin-ext.woff2",
  "client/look/icon.svg",
  "client/look/plain.svg",
  "client/look/wordmark.svg",
];

const common = {
  alias,
  bundle: true,
  minify: true,
  charset: "utf8",
  legalComments: "none",
  outdir: assets,
  write: true,
  metafile: true,
  logLevel: "warning",
};

const here = (map) => Object.fromEntries(Object.entries(map).filter(([, path]) => existsSync(path)));
const sha = (algorithm, bytes, form) => createHash(algorithm).update(bytes).digest(form);

/** The licences of everything that is bundled, because their authors ask for it. */
function licences(inputs) {
  const roots = new Set(
    Object.keys(inputs)
      .map((path) => /^node_modules\/(@[^/]+\/[^/]+|[^/]+)\//.exec(path)?.[1])
      .filter(Boolean),
  );
  return [...roots]
    .sort()
    .map((name) => {
      const folder = join("node_modules", name);
      const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
      const version = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).version;
      return `${name} ${version}\n\n${file ? readFileSync(join(folder, file), "utf8").trim() : "see its package"}\n`;
    })
    .join("\n----\n\n");
}

/** A page with the wordmark, the addresses of script and style, and the hashes they must have. */
function page(source, script) {
  const integrity = (name) => `sha384-${sha("sha384", readFileSync(join(assets, name)), "base64")}`;
  const mark = readFileSync("client/look/wordmark.svg", "utf8")
    .replace(/<style>.*?<\/style>/s, "")
    .trim();
  return readFileSync(source, "utf8")
    .replace("<!-- wordmark -->", mark)
    .replace("{{report.css}}", integrity("report.css"))
    .replace(`{{${script}}}`, integrity(script));
}

rmSync(out, { recursive: true, force: true });
mkdirSync(assets, { recursive: true });
const scripts = await build({
  ...common,
  entryPoints: here(entries),
  format: "iife",
  target: "es2022",
  platform: "browser",
  loader: { ".txt": "text" },
});
await build({ ...common, entryPoints: here(styles), external: ["*.woff2"] });
copies.forEach((path) => copyFileSync(path, join(assets, basename(path))));
copyFileSync("client/look/fonts/OFL-LICENSE.txt", join(assets, "font-licence.txt"));
writeFileSync(join(assets, "licences.txt"), licences(scripts.metafile.inputs));
if (existsSync(join(assets, "report.js"))) {
  writeFileSync(join(out, "report.html"), page("client/report/report.html", "report.js"));
  writeFileSync(join(out, "survey.html"), page("client/survey/survey.html", "survey.js"));
  writeFileSync(join(out, "pass.html"), page("client/survey/pass.html", "pass.js"));
  writeFileSync(join(out, "staff.html"), page("client/staff/staff.html", "staff.js"));
}

const made = ["report.html", "survey.html", "pass.html", "staff.html", ...readdirSync(assets).map((name) => `assets/${name}`)].filter((name) =>
  existsSync(join(out, name)),
);
const manifest = Object.fromEntries(
  made.sort().map((name) => [name, sha("sha256", readFileSync(join(out, name)), "hex")]),
);
writeFileSync(join(out, "manifest.json"), JSON.stringify(manifest, null, 2) + "\n");

if (process.argv.includes("--size")) {
  const zipped = (name) => gzipSync(readFileSync(join(out, name)), { level: 9 }).length;
  const kb = (bytes) => `${(bytes / 1024).toFixed(1)} KB`;
  const first = ["report.html", "assets/report.js", "assets/report.css"];
  const total = first.map(zipped).reduce((a, b) => a + b, 0);
  for (const name of [...first, "assets/derive.worker.js", "assets/atkinson-latin.woff2"])
    if (existsSync(join(out, name))) console.log(`${kb(zipped(name)).padStart(10)}  ${name}`);
  console.log(`${kb(total).padStart(10)}  first load (page, script, style; gzip), budget ${kb(budget)}`);
  if (total > budget) process.exit(1);
}
