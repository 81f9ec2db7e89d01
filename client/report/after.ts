// "What if nobody acts": by when, to whom; and for a report that is held, how many have to name the same person.
import { passCounts } from "../lib/carried.ts";
import { h, UNWATCHED } from "../lib/dom.ts";
import { choices, freshId, labelled } from "./fields.ts";
import type { Controls } from "./fields.ts";
import type { Value } from "./flow.ts";
import type { Option } from "./pack.ts";
import { afterOf, beneficiaries, beneficiary, dayFault, fateOf, SOONER } from "./plans.ts";
import type { After } from "./plans.ts";
import { addDays, longDay, today } from "./texts.ts";
import type { Key } from "./texts.ts";
import { para } from "./view.ts";
import type { Shown } from "./view.ts";
import type { Visit } from "./visit.ts";

const COUNTS: readonly string[] = ["2", "3", "4", "5"];

export function after(visit: Visit): Controls {
  const { t } = visit;
  const before = afterOf(visit);
  const isHeld = fateOf(visit) === "hold";
  const option = (id: string, label: string, hint = ""): Option => ({ id, label, hint, apart: id === "no", then: "" });
  const by = choices(
    "radio",
    [
      ...SOONER.map((days) => option(days, t(`after.${days}` as Key), longDay(addDays(today(), Number(days))))),
      option("day", t("after.day")),
      option("no", t("after.no")),
    ],
    [before.when],
  );
  const typed = dateBoxesOf(before.day, t);
  const to = choices(
    "radio",
    beneficiaries(visit).map(({ id, name, inside }) =>
      option(id, name, t(inside ? "bodies.inside" : "bodies.outside")),
    ),
    [beneficiary(visit)?.id ?? ""],
  );
  const many = choices(
    "radio",
    COUNTS.map((k) => option(k, t("after.k", { number: k }), k === "2" ? t("after.k-least") : "")),
    [before.k],
  );
  const staff = choices(
    "radio",
    [option("anyone", t("after.who-anyone")), option("passes", t("after.who-passes"), t("after.who-hint"))],
    [before.who || "anyone"],
  );
  const asksWho = isHeld && passCounts(visit.pass, today());
  const group = (title: Key, made: Controls, hint: Key | "" = ""): HTMLElement =>
    h(
      "fieldset",
      { class: "field" },
      h("legend", { class: "label" }, t(title)),
      hint === "" ? null : para("hint small", t(hint)),
      made.nodes,
    );
  return {
    nodes: [
      isHeld && group("after.k-title", many, "after.k-hint"),
      asksWho && group("after.who-title", staff),
      group(isHeld ? "after.when-held" : "after.when", by),
      typed.node,
      group(isHeld ? "after.to-held" : "after.to", to),
    ],
    read: () => {
      const one = (made: Controls): string => (made.read() as readonly string[] | undefined)?.[0] ?? "";
      const shown = one(to) === before.channel ? before.shown : "";
      const who = asksWho ? one(staff) : "";
      const said = { when: one(by), day: typed.read(), channel: one(to), k: isHeld ? one(many) : "", who, shown };
      return said as unknown as Value;
    },
    control: (field) => (field === "day" ? typed.control() : field === "channel" ? to.control("") : by.control("")),
  };
}

/** What is wrong with the answer, at its box. */
export function afterProblems(visit: Visit, value: Value | undefined, made: Controls): Shown[] {
  const { when = "", day = "" } = (value ?? {}) as Partial<After>;
  const wrong = dayFault(visit, { when, day });
  return wrong === ""
    ? []
    : [{ text: visit.t(wrong, { day: longDay(visit.expires) }), control: made.control("day") }];
}

function dateBoxesOf(value: string, t: Visit["t"]): { node: HTMLElement; read(): string; control(): HTMLElement } {
  const parts = value.split("/");
  const boxes = (["day", "month", "year"] as const).map((part, index) => {
    const box = h("input", { type: "text", inputmode: "numeric", maxlength: 4, id: freshId(), autocomplete: "off", ...UNWATCHED });
    box.value = parts[index] ?? "";
    return { box, node: labelled(t(`dates.${part}`), "", box, part === "year" ? "yr" : "") };
  });
  const group = h("div", { class: "dates", "data-group": true }, boxes.map(({ node }) => node));
  const node = h("fieldset", { class: "field" }, h("legend", { class: "label" }, t("after.day-title")), group);
  const read = (): string => {
    const all = boxes.map(({ box }) => box.value.trim());
    return all.every((part) => part === "") ? "" : all.join("/");
  };
  return { node, read, control: () => boxes[0]!.box };
}
