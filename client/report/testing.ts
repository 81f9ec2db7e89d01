// What tests of the reporter's page share: a pack small enough to read, and the compiled one where Python is at hand.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import type { Names } from "./answers.ts";
import type { Kind, Option, Pack, Question } from "./pack.ts";

export function option(id: string, then = "", apart = false): Option {
  return { id, label: `Label ${id}`, hint: "", apart, then };
}

export function question(id: string, kind: Kind, more: Partial<Question> = {}): Question {
  const nothing = {
    hint: "",
    body: "",
    marks: false,
    options: [],
    fields: [],
    when: null,
    notes: [],
    lines: [],
    add: "",
    leave: false,
  };
  return { id, kind, part: "one", title: `Question ${id}`, travels: "report", ...nothing, ...more };
}

export function pack(
  questions: readonly Question[],
  paths: Record<string, string[]>,
  finish: string[] = [],
): Pack {
  return {
    format: "upstander/pack/v1",
    id: "test",
    version: "1",
    language: "en",
    tried_with_users: false,
    texts: {},
    parts: [
      { id: "one", name: "first" },
      { id: "two", name: "second" },
    ],
    paths: { W: [], H: [], quick: [], ...paths },
    finish,
    path_by: { question: "nearest", map: { saw: "W", happened: "H" }, default: "W" },
    questions: Object.fromEntries(questions.map((one) => [one.id, one])),
    support: [],
    steps: [],
    outcomes: [],
    clocks: { open_days: 5, write_days: 28, look_back_days: 7 },
    kinds: [],
  };
}

export const NAMES: Names = {
  unknown: "I don't know",
  channels: new Map([["c1", "Standards"]]),
  members: new Map([["k1", "Left out: Avery"]]),
  typed: (name) => `Asked to keep away: ${name}`,
  to: (from, to) => `${from} to ${to}`,
  person: (n) => `Person ${n}`,
  month: (n) => new Date(2000, n - 1, 1).toLocaleDateString("en", { month: "long" }),
};

/** The bundled pack as Python compiles it, or null with a printed reason where there is no Python environment. */
export function compiled(): Pack | null {
  const python = ".venv/bin/python";
  if (!existsSync(python)) {
    console.log("The compiled pack is not looked at: there is no .venv here.");
    return null;
  }
  const text = execFileSync(python, ["-m", "upstander.policy.compile", "uk-police"], {
    encoding: "utf8",
    maxBuffer: 1 << 24,
  });
  return JSON.parse(text) as Pack;
}
