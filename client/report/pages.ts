// The pages around the questions: start, before you start, help, what is true of this site, what went wrong.
import { h } from "../lib/dom.ts";
import type { Child } from "../lib/dom.ts";
import type { Known, SupportLine } from "./pack.ts";
import type { Key, Texts } from "./texts.ts";
import { longDay } from "./texts.ts";
import type { Aside, Screen } from "./view.ts";
import { keepersOf } from "./pledges.ts";
import { band, button, div, facts, h2, link, liveRegion, outward, para, prose, simple } from "./view.ts";
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
  const section = (key: "start.happens" | "start.may-not"): Child => [h2(t(`${key}.title`)), prose(t(key))];
  const few = link(t("start.short"), () => go.start(true));
  return {
    layout: "start",
    body: [
      div(
        "hero flow",
        card.demonstration && h("div", { class: "demo flow-s", role: "note" }, prose(t("demonstration"))),
        h("h1", { class: "display" }, t("start.title")),
        prose(t("start"), "lead measure"),
      ),
      h("div", { class: "row", "aria-hidden": "true" }, row()),
      div(
        "flow",
        band(t("start.emergency.title"), prose(t("start.emergency"))),
        div("acts", button(t("button.start"), () => go.start(false)), few),
        para("", link(t("button.words"), () => go.words())),
        section("start.happens"),
        section("start.may-not"),
      ),
      div(
        "flow",
        h2(t("start.more")),
        para("", link(t("button.talk"), () => go.aside("support"))),
        para("", link(t("button.who"), () => go.aside("who"))),
        para("", link(t("safety.title"), () => go.aside("safety"))),
        pack.tried_with_users ? null : prose(t("start.untried"), "small second"),
      ),
    ],
  };
}

/** The long row of strokes, of which one stands. Once, on the start page only. */
function row(): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  const size = { width: "1136", height: "40", viewBox: "0 0 1136 40" };
  for (const [name, value] of Object.entries(size)) svg.setAttribute(name, value);
  const places = [0, 52, 104, ...Array.from({ length: 18 }, (_, n) => 198 + n * 52.82)];
  const lying = places.map((x) => `M${x.toFixed(1)} 35h40v5h-40z`).join("");
  svg.append(shape("lie", lying), shape("stand", "M168.5 0h5v40h-5z"));
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
  const ready = button(t("button.ready"), () => go.ready());
  const away = button(t("button.leave"), () => go.leave(), "other");
  const talk = link(t("before.talk"), () => go.aside("support"));
  return simple(t("before.title"), prose(t("before")), [ready, away, talk]);
}

/** Help: who to ring, and what a call leaves behind. Going back loses nothing. */
export function supportPage({ t, pack }: Visit, answering: boolean): Screen {
  const says = [prose(t("support")), answering && para("", t("support.safe"))];
  return simple(t("support.title"), [says, lines(t, pack.support)], null);
}

export function lines(t: Texts, support: readonly SupportLine[]): HTMLElement {
  const items = support.map((line) => h("li", { class: "flow-s" }, supportLine(t, line)));
  return h("ul", { class: "lines measure" }, items);
}

function supportLine(t: Texts, line: SupportLine): Child {
  const number = line.phone.replace(/[^\d+]/g, "");
  const phone = h("a", { class: "phone", href: `tel:${number}` }, line.phone);
  const when = [line.hours, line.areas.join(", ")].filter((one) => one !== "").join(". ");
  const day = line.checked === "" ? "" : longDay(line.checked);
  const checked = day === "" ? t("support.unchecked") : t("support.checked", { day });
  const said = (key: Key, value: Known): readonly [string, string] => [t(key), t(`support.${value}`)];
  const four = [
    said("support.free", line.free),
    said("support.bill", line.bill),
    said("support.insider", line.insider),
    said("support.keeps", line.keeps),
  ];
  return [
    h("h2", { class: "h3" }, line.name),
    line.for && para("", line.for),
    line.phone && para("", number === "" ? line.phone : phone),
    line.text && para("", line.text),
    line.address && para("", outward(line.address, host(line.address))),
    when !== "" && para("small", when),
    line.note && div("small flow-s", prose(line.note)),
    para("small second", four.map(([question, answer]) => `${question} ${answer}. `)),
    para("small second", checked),
  ];
}

function host(address: string): string {
  return address.replace(/^https?:\/\/(www\.)?/, "").replace(/\/$/, "");
}

/** A page of the site about itself. "Who can read it" lists everyone on the card. */
export function aboutPage(visit: Visit, page: "safety" | "see" | "who" | "privacy"): Screen {
  const { t } = visit;
  const leaving = [h2(t("exit.title")), prose(t("exit"))];
  const more = page === "who" ? whoHolds(visit) : page === "safety" && leaving;
  return simple(t(`${page}.title`), [prose(t(page)), more], null);
}

function whoHolds(visit: Visit): Child {
  const { t, card } = visit;
  const teams = card.channels.map((channel): Child => {
    const members = activeMembers(channel).map(({ label }) => h("li", null, label));
    const kept = t("who.custodian", { needs: channel.custodian.needs, of: channel.custodian.of });
    return [
      h("h2", null, channel.name),
      para("", channel.about),
      para("", t(channel.inside ? "bodies.inside" : "bodies.outside")),
      members.length === 0 ? para("", t("exclude.nobody")) : h("ul", { class: "dots" }, members),
      para("small second", kept),
    ];
  });
  const check = facts([
    [t("who.card"), longDay(card.day)],
    [t("who.hash"), h("span", { class: "mono" }, card.sha256)],
  ]);
  return [teams, whoSaw(visit), whoKeeps(visit), h2(t("who.check")), check];
}

/** Who stands by this list besides the institution. */
function whoSaw({ t, site, seen }: Visit): Child {
  const status = liveRegion("flow");
  const say = (key: "who.seen-by" | "who.seen-lacking", names = ""): void => status.replaceChildren(...prose(t(key, { names })));
  if (site.pin === "") say("who.seen-lacking");
  else void seen?.then((names) => say("who.seen-by", names.join(", ")), () => undefined);
  return [h2(t("who.seen")), status];
}

/** The keepers, once the page has checked that all of them signed the list it came with. */
function whoKeeps({ t, site }: Visit): Child {
  if (site.pin === "") return null;
  const status = liveRegion("flow");
  void keepersOf(site).then(
    ({ needs, keepers, sha256 }) =>
      status.replaceChildren(
        ...keepers.filter(({ address }) => host(address) === location.host).flatMap(({ name }) => prose(t("who.from", { name }))),
        ...prose(t("who.keepers-text", { needs, number: keepers.length })),
        h("ul", { class: "dots" }, keepers.map(({ name, address }) => h("li", null, `${name}: ${host(address)}`))),
        facts([[t("who.keepers-hash"), h("span", { class: "mono" }, sha256)]]),
      ),
    () => status.replaceChildren(...prose(t("who.keepers-none"))),
  );
  return [h2(t("who.keepers")), status];
}

/** A page that says what went wrong and what to do. There is no way back but what it offers. */
export function troublePage(title: string, says: readonly string[], actions: Child): Screen {
  return simple(title, says.map((one) => prose(one)), actions, false);
}
