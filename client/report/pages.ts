// The pages around the questions: start, before you start, help, what is true of this site, and what went wrong.
import { h } from "../lib/dom.ts";
import type { Child } from "../lib/dom.ts";
import type { Known, SupportLine } from "./pack.ts";
import type { Key, Texts } from "./texts.ts";
import { longDay } from "./texts.ts";
import type { Aside, Screen } from "./view.ts";
import { band, button, facts, link, prose } from "./view.ts";
import type { Visit } from "./visit.ts";
import { activeMembers } from "../lib/card.ts";

export interface Going {
  start(quick: boolean): void;
  words(): void;
  ready(): void;
  leave(): void;
  back(): void;
  aside(page: Aside): void;
}

export function startPage({ t, pack, card }: Visit, go: Going): Screen {
  const section = (key: "start.happens" | "start.may-not"): Child => [h("h2", null, t(`${key}.title`)), prose(t(key))];
  return {
    layout: "start",
    body: [
      h(
        "div",
        { class: "hero flow" },
        card.demonstration && h("div", { class: "demo flow-s", role: "note" }, prose(t("demonstration"))),
        h("h1", { class: "display" }, t("start.title")),
        prose(t("start"), "lead measure"),
      ),
      h("div", { class: "row", "aria-hidden": "true" }, row()),
      h(
        "div",
        { class: "flow" },
        band(t("start.emergency.title"), prose(t("start.emergency"))),
        h("div", { class: "acts" }, button(t("button.start"), () => go.start(false)), link(t("start.short"), () => go.start(true))),
        h("p", null, link(t("button.words"), () => go.words())),
        section("start.happens"),
        section("start.may-not"),
      ),
      h(
        "div",
        { class: "flow" },
        h("h2", null, t("start.more")),
        h("p", null, link(t("button.talk"), () => go.aside("support"))),
        h("p", null, link(t("button.who"), () => go.aside("who"))),
        h("p", null, link(t("safety.title"), () => go.aside("safety"))),
        pack.tried_with_users ? null : prose(t("start.untried"), "small second"),
      ),
    ],
  };
}

/** The long row of strokes, of which one stands. Once, on the start page only. */
function row(): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  for (const [name, value] of [["width", "1136"], ["height", "40"], ["viewBox", "0 0 1136 40"]] as const) svg.setAttribute(name, value);
  const lying = [0, 52, 104, ...Array.from({ length: 18 }, (_, n) => 198 + n * 52.82)].map((x) => `M${x.toFixed(1)} 35h40v5h-40z`);
  svg.append(shape("lie", lying.join("")), shape("stand", "M168.5 0h5v40h-5z"));
  return svg;
}

const SVG = "http://www.w3.org/2000/svg";

function shape(className: string, path: string): SVGPathElement {
  const made = document.createElementNS(SVG, "path");
  made.setAttribute("class", className);
  made.setAttribute("d", path);
  return made;
}

/** What to know before the first exit button. */
export function beforePage({ t }: Visit, go: Going): Screen {
  return {
    rail: { back: true },
    layout: "column",
    body: [
      h("h1", null, t("before.title")),
      h("div", { class: "flow measure below" }, prose(t("before"))),
      h("div", { class: "acts" }, button(t("button.ready"), () => go.ready()), button(t("button.leave"), () => go.leave(), "other")),
      h("p", { class: "note" }, link(t("before.talk"), () => go.aside("support"))),
    ],
  };
}

/** Help: who to ring, and what a call leaves behind. Going back loses nothing. */
export function supportPage({ t, pack }: Visit, answering: boolean): Screen {
  return {
    rail: { back: true },
    layout: "column",
    body: [
      h("h1", null, t("support.title")),
      h("div", { class: "flow measure below" }, prose(t("support")), answering && h("p", null, t("support.safe"))),
      lines(t, pack.support),
    ],
  };
}

export function lines(t: Texts, support: readonly SupportLine[]): HTMLElement {
  return h("ul", { class: "lines measure" }, support.map((line) => h("li", { class: "flow-s" }, supportLine(t, line))));
}

function supportLine(t: Texts, line: SupportLine): Child {
  const number = line.phone.replace(/[^\d+]/g, "");
  const said = (key: Key, value: Known): readonly [string, string] => [t(key), t(`support.${value}`)];
  const four = [
    said("support.free", line.free),
    said("support.bill", line.bill),
    said("support.insider", line.insider),
    said("support.keeps", line.keeps),
  ];
  return [
    h("h2", { class: "h3" }, line.name),
    line.for && h("p", null, line.for),
    line.phone && h("p", null, number === "" ? line.phone : h("a", { class: "phone", href: `tel:${number}` }, line.phone)),
    line.text && h("p", null, line.text),
    line.address && h("p", null, h("a", { href: line.address, rel: "noreferrer noopener external", target: "_blank" }, host(line.address))),
    (line.hours || line.areas.length > 0) && h("p", { class: "small" }, [line.hours, line.areas.join(", ")].filter(Boolean).join(". ")),
    line.note && h("div", { class: "small flow-s" }, prose(line.note)),
    h("p", { class: "small second" }, four.map(([question, answer]) => `${question} ${answer}. `)),
    h("p", { class: "small second" }, line.checked === "" ? t("support.unchecked") : t("support.checked", { day: longDay(line.checked) })),
  ];
}

function host(address: string): string {
  return address.replace(/^https:\/\/(www\.)?/, "").replace(/\/$/, "");
}

/** A page of the site about itself. "Who can read it" lists everyone on the card. */
export function aboutPage(visit: Visit, page: "safety" | "see" | "who" | "privacy"): Screen {
  const { t } = visit;
  const more = page === "who" ? whoHolds(visit) : page === "safety" ? [h("h2", null, t("exit.title")), prose(t("exit"))] : [];
  return {
    rail: { back: true },
    layout: "column",
    body: [h("h1", null, t(`${page}.title`)), h("div", { class: "flow measure below" }, prose(t(page)), more)],
  };
}

function whoHolds({ t, card }: Visit): Child {
  const teams = card.channels.map((channel): Child => {
    const members = activeMembers(channel).map(({ label }) => h("li", null, label));
    const kept = t("who.custodian", { needs: channel.custodian.needs, of: channel.custodian.of });
    return [
      h("h2", null, channel.name),
      h("p", null, channel.about),
      h("p", null, t(channel.inside ? "bodies.inside" : "bodies.outside")),
      members.length === 0 ? h("p", null, t("exclude.nobody")) : h("ul", { class: "dots" }, members),
      h("p", { class: "small second" }, kept),
    ];
  });
  const check = facts([
    [t("who.card"), longDay(card.day)],
    [t("who.hash"), h("span", { class: "mono" }, card.sha256)],
  ]);
  return [teams, h("h2", null, t("who.check")), check];
}

/** A page that says what went wrong and what to do, with one thing to press. */
export function troublePage(title: string, says: readonly string[], actions: Child): Screen {
  const body = [h("h1", null, title), h("div", { class: "flow measure below" }, says.map((one) => prose(one)))];
  return { rail: { back: false }, layout: "column", body: [...body, h("div", { class: "acts" }, actions)] };
}
