// The pages where she chooses who: could this point to you, who must not see it, who should get it; and what to do with it.
import { h } from "../lib/dom.ts";
import { marked, pointAnswers, readable } from "./answers.ts";
import { choiceRow, choices, freshId, labelled, wordBox } from "./fields.ts";
import type { Controls } from "./fields.ts";
import { chosen } from "./flow.ts";
import type { Exclusion, PageModel, Value } from "./flow.ts";
import { div, link, para } from "./view.ts";
import { exclusion, names, readers } from "./visit.ts";
import type { Visit } from "./visit.ts";
import { activeMembers, samePeople } from "../lib/card.ts";
import type { Channel } from "../lib/card.ts";

/** Each marked part of what she wrote: leave it, or ask before it is used; or go and change it. */
export function point(visit: Visit, change: (id: string) => void): Controls {
  const { t, pack, answers } = visit;
  const now = pointAnswers(pack, answers);
  const parts = marked(pack, answers).map((id) => {
    const question = pack.questions[id]!;
    const radios = choices(
      "radio",
      [option("keep", t("point.keep")), option("ask", t("say.ask-first"))],
      chosen(now[id]),
    );
    const said = excerpt(readable(question, answers[id], names(visit, pack)));
    const legend = h("legend", null, question.title);
    const node = h(
      "fieldset",
      { class: "part" },
      legend,
      para("said", said),
      radios.nodes,
      link(t("point.change"), () => change(id)),
    );
    return { id, node, read: () => chosen(radios.read())[0] };
  });
  const none = para("", t("point.none"));
  return {
    nodes: parts.length === 0 ? [none] : parts.map(({ node }) => node),
    read: () => {
      const said = parts
        .map(({ id, read }) => [id, read()] as const)
        .filter(([, value]) => value !== undefined);
      return said.length === 0 ? undefined : (Object.fromEntries(said) as Value);
    },
    control: () => null,
  };
}

const EXCERPT = 400; // characters

function excerpt(text: string): string {
  return text.length <= EXCERPT ? text : `${text.slice(0, EXCERPT)} …`;
}

function option(
  id: string,
  label: string,
  hint = "",
  apart = false,
): { id: string; label: string; hint: string; apart: boolean; then: string } {
  return { id, label, hint, apart, then: "" };
}

/** Everyone who holds a key, by team, ticked; unticking shuts out. And a box for a name, which shuts nobody out. */
export function exclude(visit: Visit): Controls & { read(): Exclusion } {
  const { t, card } = visit;
  const before = exclusion(visit);
  const out = samePeople(card, before.unticked);
  const boxes: HTMLInputElement[] = [];
  const groups = card.channels.map((channel) => {
    const rows = activeMembers(channel).map(({ key, label }) => {
      const input = h("input", { type: "checkbox", id: freshId(), value: key });
      input.checked = !out.includes(key);
      boxes.push(input);
      return choiceRow(input, { label, hint: "", apart: false });
    });
    const empty = rows.length === 0 ? para("hint", t("exclude.nobody")) : null;
    return h("fieldset", { class: "part" }, h("legend", null, channel.name), empty, div("choices", rows));
  });
  follow(boxes, new Map(card.channels.flatMap(({ members }) => members.map(({ key, label }) => [key, label]))));
  const typed = wordBox(before.typed, false, { id: freshId() });
  return {
    nodes: [...groups, div("part", labelled(t("exclude.typed"), t("exclude.typed-hint"), typed))],
    read: () => ({
      unticked: [...new Set(boxes.filter((box) => !box.checked).map(({ value }) => value))].sort(),
      typed: typed.value.trim(),
    }),
    control: () => typed,
  };
}

// One person may hold keys on two teams: boxes under one label are ticked and unticked together.
function follow(boxes: readonly HTMLInputElement[], labels: ReadonlyMap<string, string>): void {
  for (const box of boxes) {
    box.addEventListener("change", () => {
      const same = boxes.filter(({ value }) => labels.get(value) === labels.get(box.value));
      for (const one of same) one.checked = box.checked;
    });
  }
}

/** The bodies on the card: who they are, whether they belong to the police, what the law says of them, how many could open it. */
export function bodies(visit: Visit, model: PageModel): Controls {
  const picked = chosen(visit.answers[model.id]);
  const options = visit.card.channels
    .filter((channel) => activeMembers(channel).length > 0)
    .map((channel) => option(channel.id, channel.name, about(visit, channel)));
  return choices("checkbox", options, picked);
}

function about(visit: Visit, channel: Channel): string {
  const { t } = visit;
  const count = readers(visit, [channel]).length;
  const lines = [
    channel.about,
    t(channel.inside ? "bodies.inside" : "bodies.outside"),
    channel.prescribed ? t("bodies.prescribed") : "",
    count === 0 ? t("bodies.nobody") : count === 1 ? t("bodies.one") : t("bodies.count", { number: count }),
  ];
  return lines.filter((line) => line !== "").join("\n\n");
}

/** What is wrong with the people who could open it: nobody at all, or only one person. */
export function tooFew(visit: Visit, channels: readonly Channel[]): { stop: string; warn: string } {
  const { t } = visit;
  const team = channels.map(({ name }) => name).join(", ");
  const count = readers(visit, channels).length;
  if (channels.length === 0) return { stop: t("error.no-body"), warn: "" };
  if (count === 0) return { stop: t("error.exclude-all", { team }), warn: "" };
  return { stop: "", warn: count === 1 ? t("error.exclude-one", { team }) : "" };
}
