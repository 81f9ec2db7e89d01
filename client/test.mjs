// Bundles every *.test.ts and runs them with Node's own test runner (Node 20 cannot strip types by itself).
import { spawnSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { alias } from "./alias.mjs";

const wanted = process.argv[2] ?? "";
const tests = readdirSync("client", { recursive: true })
  .filter((name) => name.endsWith(".test.ts") && name.includes(wanted))
  .map((name) => join("client", name));
if (tests.length === 0) throw new Error(`no test matches "${wanted}"`);

const outdir = "build/client-tests";
rmSync(outdir, { recursive: true, force: true });
await build({
  entryPoints: tests,
  alias,
  outdir,
  outbase: "client",
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  sourcemap: "inline",
  outExtension: { ".js": ".mjs" },
  logLevel: "warning",
  loader: { ".txt": "text" },
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
});
const built = tests.map((name) => join(outdir, name.slice("client/".length).replace(/\.ts$/, ".mjs")));
const run = spawnSync(process.execPath, ["--test", "--enable-source-maps", ...built], { stdio: "inherit" });
process.exit(run.status ?? 1);
