// One copy of what several packages bring: age-encryption's post-quantum package asks for older @noble packages
// than everything else here does. The vectors that Python made hold the newer ones to the same bytes.
import { resolve } from "node:path";

const shared = ["@noble/curves", "@noble/hashes"];

export const alias = {
  "@noble/curves/nist.js": resolve("client/no-nist.mjs"),
  ...Object.fromEntries(shared.map((name) => [name, resolve("node_modules", name)])),
};
