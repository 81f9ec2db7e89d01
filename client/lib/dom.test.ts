import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { UNWATCHED } from "./dom.ts";

test("no box that is written in, for reporters or at the desk, is watched by helpers of the browser", () => {
  assert.deepEqual({ ...UNWATCHED }, { spellcheck: "false", writingsuggestions: "false", "data-gramm": "false" });
  const boxes = ["client/report", "client/desk"].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith(".ts"))
      .flatMap((name) => [
        ...readFileSync(join(folder, name), "utf8").matchAll(/h\("(?:textarea"|input", \{\s*type: "text").*?\}\)/gs),
      ]),
  );
  assert.ok(boxes.length >= 4);
  for (const [box] of boxes) assert.match(box, /\.\.\.(UNWATCHED|QUIET)/);
});
