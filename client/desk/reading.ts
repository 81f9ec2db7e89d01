// What reports and messages say, read with care: the reporter's browser wrote it, and it may be anything. No DOM.
import type { Json, JsonObject } from "../lib/canonical.ts";
import type { FileEntry } from "../lib/envelope.ts";
import type { Fault, Judged } from "../lib/judge.ts";
import { asFlag, asHash, asCount, asId, asList, asObject, asText } from "../lib/shape.ts";

export interface Answer {
  question: string;
  text: string;
  askFirst: boolean;
  /** What she was asked and what she read, where that was in another language. */
  asked: { question: string; text: string } | null;
}

export interface Said {
  answers: Answer[];
  text: string;
  files: FileEntry[];
  unread: number; // parts that have no form we know
}

/** Everything a body says that a person can read. Parts of another form are counted, never hidden. */
export function read(body: JsonObject): Said {
  const answers = each(body["answers"], readAnswer);
  const files = each(body["files"], readFile);
  const text = typeof body["text"] === "string" ? body["text"] : "";
  return { answers: answers.good, text, files: files.good, unread: answers.bad + files.bad };
}

/** Paragraphs of a text: what empty lines part. */
export function paragraphs(text: string): string[] {
  return text
    .split(/\n\s*\n/)
    .map((one) => one.trim())
    .filter((one) => one !== "");
}

const WORDS: Record<Fault, string> = {
  forged: "This does not come from whom it should, or it was changed on the way. Do not rely on it.",
  moved: "This was written for another case or for other readers, and put here.",
  outsider: "This was written by a handler who does not hold a key to this case. Do not rely on it.",
  replayed: "This is a copy of something above that was put in a second time.",
  reordered: "This stands in the wrong place: its author wrote it before something above.",
  gap: "Something the author wrote before this is missing.",
  "unknown-last": "The author had read a message that is not here.",
  closed: "This is sealed to a key that you do not hold.",
};

/** What is wrong with an envelope, in words; empty when all is well. */
export function faults({ faults, missing }: Judged): string[] {
  return faults.map((fault) => {
    if (fault !== "gap") return WORDS[fault];
    return missing === 1 ? "One thing the author wrote before this is missing." : `${missing} things the author wrote before this are missing.`;
  });
}

function each<T>(value: Json | undefined, reader: (one: Json) => T): { good: T[]; bad: number } {
  if (value === undefined) return { good: [], bad: 0 };
  if (!Array.isArray(value)) return { good: [], bad: 1 };
  const good: T[] = [];
  for (const one of asList(value)) {
    try {
      good.push(reader(one));
    } catch {
      continue;
    }
  }
  return { good, bad: value.length - good.length };
}

function readAnswer(value: Json): Answer {
  const answer = asObject(value);
  return {
    question: asText(answer["question"]),
    text: asText(answer["text"]),
    askFirst: answer["ask_first"] === true,
    asked: answer["asked"] === undefined ? null : readAsked(asObject(answer["asked"])),
  };
}

function readAsked(asked: JsonObject): { question: string; text: string } {
  return { question: asText(asked["question"]), text: asText(asked["text"]) };
}

function readFile(value: Json): FileEntry {
  const file = asObject(value);
  return {
    id: asId(file["id"]),
    name: asText(file["name"]),
    type: asText(file["type"]),
    size: asCount(file["size"]),
    sha256: asHash(file["sha256"]),
    original: asHash(file["original"]),
    stripped: asFlag(file["stripped"]),
    what: asText(file["what"]),
  };
}

const ENDINGS: Record<string, readonly string[]> = {
  "image/jpeg": ["jpg", "jpeg"],
  "image/png": ["png"],
  "image/webp": ["webp"],
  "application/pdf": ["pdf"],
  "text/plain": ["txt"],
  "audio/mpeg": ["mp3"],
  "audio/mp4": ["m4a", "mp4"],
  "audio/ogg": ["ogg", "oga"],
  "video/mp4": ["mp4"],
  "video/webm": ["webm"],
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ["docx"],
  "application/vnd.oasis.opendocument.text": ["odt"],
  "message/rfc822": ["eml"],
};

const KINDS: Record<string, string> = {
  "image/jpeg": "Picture (JPEG)",
  "image/png": "Picture (PNG)",
  "image/webp": "Picture (WebP)",
  "application/pdf": "Document (PDF)",
  "text/plain": "Text",
  "audio/mpeg": "Sound (MP3)",
  "audio/mp4": "Sound (MP4)",
  "audio/ogg": "Sound (Ogg)",
  "video/mp4": "Video (MP4)",
  "video/webm": "Video (WebM)",
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Document (Word)",
  "application/vnd.oasis.opendocument.text": "Document (OpenDocument)",
  "message/rfc822": "E-mail",
};

/** What kind of file it says it is. */
export function kindWords(type: string): string {
  return KINDS[type] ?? `Something else (${plainName(type)})`;
}

/** A name as it is shown: nothing in it can turn the text round, hide, or fill the page. */
export function plainName(name: string): string {
  const plain = name.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, "").trim();
  return [...plain].slice(0, 200).join("") || "(no name)";
}

/** A name that is safe to save under: no folders, no hidden or reserved names, and the ending of what it says it is. */
export function safeName(name: string, type: string): string {
  const plain = name
    .normalize("NFC")
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\u2028\u2029]/gu, "")
    .replace(/[\\/:*?"<>|]/g, "_")
    .replace(/\s+/g, " ")
    .replace(/^[. ]+|[. ]+$/g, "");
  const short = [...plain].slice(0, 100).join("") || "file";
  const free = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(short) ? `_${short}` : short;
  const endings = ENDINGS[type] ?? ["bin"];
  const has = endings.some((ending) => free.toLowerCase().endsWith(`.${ending}`));
  return has ? free : `${free}.${endings[0]!}`;
}

/** Bytes as people read them. */
export function sizeWords(size: number): string {
  if (size < 1024) return `${size} bytes`;
  if (size < 1024 * 1024) return `${Math.round(size / 1024)} KB`;
  return `${(size / (1024 * 1024)).toFixed(1)} MB`;
}

/** 23 November 2026, from `2026-11-23`. */
export function dayWords(day: string): string {
  const date = new Date(`${day}T12:00:00Z`);
  return date.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
}
