// The timeline as one picture: a row for each course of conduct and for each single incident, rough dates as wide bars.
import { h } from "../lib/dom.ts";
import { dayWords } from "../desk/reading.ts";
import { conducts, weight } from "./evidence.ts";
import type { Register } from "./evidence.ts";
import { daysBetween } from "./rough-days.ts";

const WIDE = 600;
const ROW = 44;

/** The picture with its table below, or nothing where there is no incident. */
export function timeline(found: Register): HTMLElement | null {
  const rows = conducts(found.incidents);
  if (rows.length === 0) return null;
  const first = rows.map((row) => row.first).sort()[0]!;
  const last = rows.map((row) => row.last).sort().at(-1)!;
  const days = Math.max(1, daysBetween(first, last) + 1);
  const at = (day: string): number => (daysBetween(first, day) / days) * WIDE;
  const bars = rows.flatMap((row, index) => {
    const y = index * ROW + 8;
    const whole = row.incidents.length > 1 ? [svg("rect", { x: at(row.first), y: y + 9, width: wide(row.first, row.last), height: 6, class: "conduct" })] : [];
    return [...whole, ...row.incidents.map((one) => svg("rect", { x: at(one.first), y, width: wide(one.first, one.last), height: 24, rx: 2, class: one.first === one.last ? "incident" : "incident rough" }))];
  });
  function wide(from: string, until: string): number {
    return Math.max(5, ((daysBetween(from, until) + 1) / days) * WIDE);
  }
  const title = `${found.incidents.length} ${found.incidents.length === 1 ? "incident" : "incidents"} from ${dayWords(first)} to ${dayWords(last)}`;
  const picture = svg("svg", { viewBox: `0 0 ${WIDE} ${rows.length * ROW}`, role: "img", class: "timeline", "aria-label": `${title}. The table below says the same.` }, ...bars);
  const figure = h("figure", null, h("figcaption", null, title));
  figure.append(picture);
  return h("div", { class: "flow" }, figure, table(found));
}

function table(found: Register): HTMLElement {
  const body = conducts(found.incidents).flatMap(({ name, incidents }) => {
    const group = name === "" ? [] : [h("tr", { class: "group" }, h("th", { colspan: 3, scope: "rowgroup" }, `${name}: one course of conduct `, h("small", null, incidents.length)))];
    return [...group, ...incidents.map((one) => h("tr", null, h("td", { "data-k": "When" }, one.when), h("td", { dir: "auto" }, one.words), h("td", { "data-k": "Sources" }, weightWords(weight(one, found.sources)))))];
  });
  const head = h("tr", null, ["When", "What", "Sources"].map((one) => h("th", { scope: "col" }, one)));
  return h("table", { class: "stack" }, h("caption", { class: "vh" }, "Incidents in their order"), h("thead", null, head), h("tbody", null, body));
}

/** How many different sources stand behind it, in words. */
export function weightWords({ direct, all, hearsay }: ReturnType<typeof weight>): string {
  if (all === 0) return "none noted";
  const number = `${all} ${all === 1 ? "source" : "sources"}, ${direct} at first hand`;
  return hearsay === 0 ? number : `${number}; hearsay: ${hearsay}`;
}

function svg(tag: string, attributes: Readonly<Record<string, string | number>>, ...children: Element[]): SVGElement {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}
