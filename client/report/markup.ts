// The little Markdown of page texts (paragraphs, lists, **bold**, [text](address)) as plain values, for the view to draw.

export type Span = { text: string; bold?: boolean; href?: string };
export type Block = { kind: "p" | "ul" | "ol"; items: readonly (readonly Span[])[] };

const LIST = /^(?:[-*]|\d+\.)\s+/;
const MARK = /\*\*(.+?)\*\*|\[([^\]]+)\]\(([^)\s]+)\)/g;

/** Pages of this application that a text may lead to: those reachable from everywhere without losing anything. */
export const ASIDES = ["support", "safety", "see", "who", "privacy", "device", "start", "before", "words"] as const;
const OWN = new RegExp(`^#(${ASIDES.join("|")})$`);

/** Blocks of a text. Addresses other than https and pages of this application (`#support`) stay plain words. */
export function blocks(source: string): Block[] {
  return source
    .split(/\n\s*\n/)
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .flatMap(block);
}

function block(part: string): Block[] {
  const lines = part.split("\n");
  const first = lines.findIndex((line) => LIST.test(line));
  if (first < 0) return [{ kind: "p", items: [spans(lines.join(" "))] }];
  const before: Block[] = first > 0 ? [{ kind: "p", items: [spans(lines.slice(0, first).join(" "))] }] : [];
  const items: string[] = [];
  for (const line of lines.slice(first)) {
    if (LIST.test(line)) items.push(line.replace(LIST, ""));
    else items.push(`${items.pop() ?? ""} ${line.trim()}`);
  }
  const kind = /^\d/.test(lines[first]!) ? "ol" : "ul";
  return [...before, { kind, items: items.map(spans) }];
}

function spans(line: string): Span[] {
  const made: Span[] = [];
  let at = 0;
  for (const match of line.matchAll(MARK)) {
    if (match.index > at) made.push({ text: line.slice(at, match.index) });
    if (match[1] !== undefined) made.push({ text: match[1], bold: true });
    else made.push(link(match[2]!, match[3]!));
    at = match.index + match[0].length;
  }
  if (at < line.length) made.push({ text: line.slice(at) });
  return made;
}

function link(words: string, address: string): Span {
  const isLink = address.startsWith("https://") || OWN.test(address);
  return isLink ? { text: words, href: address } : { text: words };
}
