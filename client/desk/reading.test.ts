// What a report says is read with care, file names are made safe, and faults are said in words.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "../lib/canonical.ts";
import type { Fault } from "../lib/judge.ts";
import { dayWords, faults, kindWords, paragraphs, plainName, read, safeName, sizeWords } from "./reading.ts";

const FILE = {
  id: "aaaaaaaaaaaaaaaaaaaaaaaaaa",
  name: "phone.jpg",
  type: "image/jpeg",
  size: 10,
  sha256: "0".repeat(64),
  original: "1".repeat(64),
  stripped: true,
  what: "A photo of the rota.",
};

test("parts that have no known form are counted, never dropped in silence", () => {
  const odd: Json[] = [{ question: "Q", text: "A", ask_first: false }, "nonsense", { question: 1, text: "x" }, null];
  const said = read({ answers: odd, files: [FILE, { ...FILE, size: -1 }, { ...FILE, id: "../etc" }] });
  assert.deepEqual(said.answers, [{ question: "Q", text: "A", askFirst: false, asked: null }]);
  assert.deepEqual([said.files.length, said.unread], [1, 5]);
  assert.equal(read({ answers: "x", text: 4 as Json }).unread, 1);
  assert.deepEqual(read({ text: "Hello" }), { answers: [], text: "Hello", files: [], unread: 0 });
});

test("file names cannot leave the folder, hide, run, or turn round", () => {
  const names: [string, string, string][] = [
    ["../../etc/passwd", "text/plain", "_.._etc_passwd.txt"],
    ["C:\\Windows\\system32\\x.exe", "image/png", "C__Windows_system32_x.exe.png"],
    ["photo\u202Egpj.exe", "image/jpeg", "photogpj.exe.jpg"],
    ["a\u0000b\n.pdf", "application/pdf", "ab.pdf"],
    [".bashrc", "text/plain", "bashrc.txt"],
    ["CON", "text/plain", "_CON.txt"],
    ["com1.txt", "text/plain", "_com1.txt"],
    ["", "image/webp", "file.webp"],
    ["   ...  ", "image/webp", "file.webp"],
    ["rota.JPEG", "image/jpeg", "rota.JPEG"],
    ["x.html", "text/html", "x.html.bin"],
    ["llun Ŵyl 👩‍🚒.png", "image/png", "llun Ŵyl 👩🚒.png"],
  ];
  for (const [name, type, safe] of names) assert.equal(safeName(name, type), safe, name);
  const long = safeName("é".repeat(5000), "image/png");
  assert.ok(long.length < 120 && long.endsWith(".png"));
});

test("names and kinds are shown without what could turn the text round", () => {
  assert.equal(plainName("photo\u202Egpj.exe"), "photogpj.exe");
  assert.equal(plainName("\u0007\u200B "), "(no name)");
  assert.equal([...plainName("x".repeat(900))].length, 200);
  assert.equal(kindWords("image/png"), "Picture (PNG)");
  assert.equal(kindWords("text/\u202Ehtml"), "Something else (text/html)");
});

test("every fault has words of its own", () => {
  const all: Fault[] = ["forged", "moved", "replayed", "reordered", "gap", "unknown-last", "closed"];
  const said = faults({ index: 0, sha256: "", faults: all, missing: 2 });
  assert.equal(new Set(said).size, all.length);
  assert.ok(said.every((words) => /^[A-Z0-9].*\.$/.test(words)));
  assert.deepEqual(faults({ index: 0, sha256: "", faults: ["gap"], missing: 1 }), ["One thing the author wrote before this is missing."]);
});

test("texts, sizes and days read as people write them", () => {
  assert.deepEqual(paragraphs("a\n\n\n b \n c\n \n"), ["a", "b \n c"]);
  assert.deepEqual([sizeWords(10), sizeWords(2048), sizeWords(3 * 1024 * 1024)], ["10 bytes", "2 KB", "3.0 MB"]);
  assert.equal(dayWords("2026-11-23"), "23 November 2026");
});
