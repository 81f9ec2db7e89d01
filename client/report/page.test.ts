import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { WORDS, generateWords } from "../lib/words.ts";
import { kindOf, plainName, take, FileFault } from "./files.ts";
import { mayPick } from "./filestep.ts";
import { everyPage } from "./flow.ts";
import { typedWords, wordsFault } from "./letters.ts";
import { ASIDES, blocks } from "./markup.ts";
import { fillPack } from "./pack.ts";
import { compiled, option, pack, question } from "./testing.ts";
import { addDays, longDay, sizeText, texts, today, writeIn } from "./texts.ts";
import fromPack from "./from-pack.json";
import words from "./words.en.json";

const real = compiled();

test("the bundled pack has every text the page asks it for", { skip: real === null }, () => {
  const missing = Object.keys(fromPack).filter((key) => real!.texts[key] === undefined);
  assert.deepEqual(missing, []);
});

test("every text of the interface is asked for somewhere", () => {
  const folder = "client/report";
  const source = readdirSync(folder)
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .join("\n");
  const states = ["in", "waiting", "unwitnessed", "overdue", "withheld", "mismatch"].map((state) => `log.${state}`);
  const built = [
    ...[...states, "fault.", "why.", "doing.", "dates.", "mailbox.going.title"],
    ...["error.keys.title", "error.unexpected.title", "send.maybe.title", "prints.use."],
    ...["after.14", "after.28", "after.91", "button.hold", "held.title", "held.not.title", "record.held.title"],
    ...["held.doubt.", "held.why.", "named.", "record.unheld", "record.unknown"],
  ];
  const unused = Object.keys(words).filter(
    (key) => !source.includes(`"${key}"`) && !built.some((start) => key.startsWith(start)),
  );
  assert.deepEqual(unused, []);
});

test(
  "every file picker question of the pack stops at a sexual picture before any picker",
  { skip: real === null },
  () => {
    const file = Object.values(real!.questions).find(({ kind }) => kind === "file")!;
    for (const what of ["sexual", "maybe-child", "none", "unheard-of"])
      assert.equal(mayPick(file, what), false, what);
    assert.equal(mayPick(file, "photo"), true);
    assert.ok(
      ["sexual", "maybe-child"].every((what) =>
        everyPage(real!, { file: what }, "W").includes(file.options.find(({ id }) => id === what)!.then),
      ),
    );
  },
);

test("a text without its key is an error, and marks are filled in", () => {
  assert.throws(() => texts(undefined)("support.title"), /no text/);
  assert.equal(texts(undefined)("line.by", { day: "Monday" }), "by Monday");
});

test("an answer that leads elsewhere opens no picker", () => {
  const file = question("file", "file", {
    options: [option("photo"), option("sexual", "stop"), option("none")],
  });
  assert.deepEqual(
    ["photo", "sexual", "none", undefined].map((what) => mayPick(file, what)),
    [true, false, false, false],
  );
});

test("a hostile name becomes plain text", () => {
  assert.equal(plainName("a\u202Egpj.exe\u0000\n"), "agpj.exe");
  assert.equal(plainName("\uD800x"), "x");
  assert.equal(plainName("\u200B"), "file");
  assert.equal([...plainName("é😀".repeat(500))].length, 200);
  assert.equal(plainName("<img src=x onerror=alert(1)>"), "<img src=x onerror=alert(1)>");
});

test("files are taken by kind and size, and hashed as they were", async () => {
  const kinds = ["text/plain"];
  const taken = await take(new File(["abc"], "n.txt", { type: "text/plain" }), "writing", false, kinds);
  assert.equal(taken.original, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  const refused = async (file: File): Promise<string> =>
    take(file, "writing", false, kinds).then(
      () => "taken",
      (error: FileFault) => error.key,
    );
  assert.equal(await refused(new File(["<svg/>"], "x.svg", { type: "image/svg+xml" })), "error.file-type");
  assert.equal(await refused(new File([], "x.txt", { type: "text/plain" })), "error.file-empty");
  assert.equal(
    await refused(new File([new Uint8Array(101 * 1024 * 1024)], "x.txt", { type: "text/plain" })),
    "error.file-size",
  );
  assert.equal(kindOf({ name: "Mail.EML", type: "" }), "message/rfc822");
});

test("typed words are told apart, and a wrong one is named before anything is asked", () => {
  const seven = generateWords();
  const t = texts({
    texts: {
      "error.words": "{number} {word}",
      "error.words-count": "count {number}",
      "error.words-check": "check",
    },
  } as never);
  assert.equal(wordsFault(t, seven.join("-").toUpperCase()), "");
  assert.equal(wordsFault(t, `  ${seven.join(" , ")}\n`), "");
  assert.equal(wordsFault(t, [...seven.slice(0, 2), "xqz", ...seven.slice(3)].join(" ")), "3 xqz");
  assert.equal(wordsFault(t, seven.slice(0, 6).join(" ")), "count 6");
  const swapped = [seven[1], seven[0], ...seven.slice(2)].join(" ");
  if (seven[0] !== seven[1]) assert.equal(wordsFault(t, swapped), "check");
  assert.deepEqual(typedWords("Drop-Down t-shirt one-two"), ["drop-down", "t-shirt", "one", "two"]);
  assert.equal(seven.length, WORDS);
});

test("page texts become blocks, and only safe addresses become links", () => {
  const [first, list] = blocks(
    "One **bold** [site](https://example.org) [no](javascript:alert) [here](#support)\n\n- a\n- b",
  );
  assert.deepEqual(
    first!.items[0]!.filter(({ href }) => href !== undefined).map(({ href }) => href),
    ["https://example.org", "#support"],
  );
  assert.equal(first!.items[0]!.find(({ bold }) => bold)?.text, "bold");
  assert.deepEqual([list!.kind, list!.items.length], ["ul", 2]);
});

test("a link to a page that is not there stays plain words", () => {
  const spans = (source: string) => blocks(source)[0]!.items[0]!;
  assert.deepEqual(spans("[x](#nowhere) [y](#mailbox)"), [{ text: "x" }, { text: " " }, { text: "y" }]);
  for (const page of ASIDES) assert.equal(spans(`[z](#${page})`)[0]?.href, `#${page}`);
});

test("the days a page text names stay open, because each page has its own; those in questions are filled in", () => {
  const of = { ...pack([question("fate", "fate", { hint: "until {expires} at {institution}" })], {}), texts: { "mailbox.private": "until {expires} at {institution}" } };
  const made = fillPack(of, { institution: "Marlshire Police", expires: "a year from now" });
  assert.equal(made.questions["fate"]!.hint, "until a year from now at Marlshire Police");
  assert.equal(texts(made)("mailbox.private", { expires: "Sunday" }), "until Sunday at Marlshire Police");
});

test("days are the institution's, and read as days", () => {
  assert.equal(today(new Date("2026-06-30T23:30:00Z")), "2026-07-01");
  assert.equal(today(new Date("2026-11-22T23:30:00Z")), "2026-11-22");
  assert.equal(addDays("2026-12-30", 5), "2027-01-04");
  assert.equal(longDay("2026-12-20"), "Sunday 20 December 2026");
  writeIn("cy"); // as a browser with Welsh names writes it; most have none, and would say "2026 M12 20"
  const welsh = new Intl.DateTimeFormat("cy-GB", { dateStyle: "full", timeZone: "UTC" });
  for (let n = 0; n < 400; n += 1) {
    const day = addDays("2026-01-01", n);
    assert.equal(longDay(day), welsh.format(new Date(`${day}T12:00:00Z`)).replace(",", ""));
  }
  writeIn("en");
  assert.deepEqual(
    [sizeText(10), sizeText(2048), sizeText(100 * 1024 * 1024)],
    ["10 bytes", "2 KB", "100 MB"],
  );
});
