// The page on which staff turn a code from paper into a pass: asked of every keeper, blinded; then sealed to seven new words
// as a private record, like any other. Nothing of it stays in the browser, and a code whose answer was lost is asked again.
import { randomBytes } from "../lib/bytes.ts";
import { h, UNWATCHED } from "../lib/dom.ts";
import { readCode } from "../lib/passes.ts";
import type { Claimed, PledgeRequest } from "../lib/pledging.ts";
import { ask } from "../lib/worker.ts";
import { otherWays, typeBack, wordsLetter } from "../report/ending.ts";
import { freshId, labelled } from "../report/fields.ts";
import { aboutPage, supportPage, troublePage } from "../report/pages.ts";
import { leaveNothing } from "../report/pledges.ts";
import { keep, newKeeping } from "../report/record.ts";
import { longDay, today } from "../report/texts.ts";
import type { Language } from "../report/texts.ts";
import { button, div, draw, form, h1, liveRegion, para, prose, showErrors, simple, submit } from "../report/view.ts";
import type { Screen } from "../report/view.ts";
import { begin, languageOf, otherLanguages, readSite, speak } from "../report/visit.ts";
import type { Visit } from "../report/visit.ts";
import welsh from "./words.cy.json";
import english from "./words.en.json";

type Key = keyof typeof english;
type Made = { words: readonly string[]; lacking: string };

void start().catch((error: unknown) => console.error(error));

async function start(): Promise<void> {
  const visit = await begin(readSite());
  if (navigator.language.startsWith("cy")) inLanguage(visit, "cy");
  const t = say(visit);
  if (visit.site.pin === "") return show(visit, () => troublePage(t("none.title"), [t("none")], null));
  try {
    await visit.seen;
  } catch {
    return show(visit, () => troublePage(visit.t("error.unseen.title"), [visit.t("error.unseen")], null));
  }
  // One seed and one set of words for as long as this page is open: whatever was cut off goes on where it was.
  const going = { seed: randomBytes(32), keeping: newKeeping(), typed: "" };
  show(visit, () => codePage(visit, going));
}

function say({ pack }: Visit): (key: Key, fills?: Readonly<Record<string, string>>) => string {
  const words: Readonly<Record<Key, string>> = languageOf(pack) === "cy" ? welsh : english;
  return (key, fills = {}) => words[key].replace(/\{([a-z]+)\}/g, (all, name: string) => fills[name] ?? all);
}

function inLanguage(visit: Visit, language: Language): void {
  speak(visit, language);
  document.documentElement.lang = language === "en" ? "en-GB" : language;
}

/** Draws a page; help and what is true of this site are a step aside, from which Back leads here. */
function show(visit: Visit, screen: () => Screen): void {
  const here = (): void => show(visit, screen);
  const aside = (page: Screen): void => show(visit, () => ({ ...page, rail: { back: false }, body: [...page.body, back()] }));
  const back = (): HTMLElement => div("acts", button(say(visit)("back"), here, "other"));
  draw(
    {
      t: visit.t,
      exit: false,
      back: here,
      leave: () => location.replace(visit.site.leave),
      aside: (page) => {
        if (page === "start" || page === "before" || page === "words") return location.assign(`/${visit.site.slug}/`);
        aside(page === "support" ? supportPage(visit, false) : aboutPage(visit, page === "device" ? "safety" : page));
      },
      languages: otherLanguages(visit),
      speak: (language) => {
        inLanguage(visit, language);
        here();
      },
      footnote: say(visit)("footnote", { name: visit.card.name }),
    },
    screen(),
  );
}

interface Going {
  seed: Uint8Array;
  keeping: ReturnType<typeof newKeeping>;
  typed: string;
}

function codePage(visit: Visit, going: Going): Screen {
  const t = say(visit);
  const box = h("input", { type: "text", id: freshId(), autocomplete: "off", autocapitalize: "none", ...UNWATCHED });
  box.value = going.typed;
  box.addEventListener("input", () => (going.typed = box.value));
  const status = liveRegion("lead measure");
  const column = h("div", null);
  const fail = (text: string): void => {
    status.replaceChildren();
    showErrors(visit.t, column, [{ text, control: box }]);
  };
  const go = async (): Promise<void> => {
    if (status.textContent !== "") return;
    const code = codeIn(box.value);
    if (code === undefined) return fail(t("error.code"));
    status.textContent = t("doing.ask");
    const asked = { do: "claim", pin: visit.site.pin, day: today(), code, seed: going.seed } as const;
    let claimed: Claimed;
    try {
      claimed = await ask<PledgeRequest, Claimed>("pledge.worker", asked);
    } catch (error) {
      return fail(t("error.few", { said: error instanceof Error ? error.message : "" }));
    }
    const refused = Object.entries(claimed.refused);
    if (!claimed.enough) return fail(t("error.few", { said: refused.map(([name, why]) => `${name}: ${why}`).join(" ") }));
    status.textContent = t("doing.keep");
    visit.pass = claimed.pass;
    try {
      const { words, keys } = await keep(visit, going.keeping, () => undefined);
      const made = { words, lacking: refused.map(([name]) => name).join(", ") };
      show(visit, () => donePage(visit, made));
      // The pass is safe, and she has her words: what comes now is only so that the record looks like any other.
      const id = String(going.keeping.made!.body["case"]);
      void leaveNothing(visit, keys, id, new AbortController().signal).catch(() => undefined);
    } catch (error) {
      fail(t("error.unsent"));
      throw error;
    }
  };
  column.append(
    h1(t("title")),
    div("flow measure below", prose(t("about"))),
    form(() => void go(), { class: "measure below" }, labelled(t("label"), t("hint"), box), status, div("acts", submit(t("get")))),
  );
  return { rail: { back: false }, layout: "column", body: [column] };
}

function codeIn(typed: string): string | undefined {
  try {
    return readCode(typed);
  } catch {
    return undefined;
  }
}

function donePage(visit: Visit, { words, lacking }: Made): Screen {
  const t = say(visit);
  const [year, month] = today().split("-").map(Number) as [number, number];
  const next = month === 12 ? `${year + 1}-01-01` : `${year}-${String(month + 1).padStart(2, "0")}-01`;
  const nth = crypto.getRandomValues(new Uint32Array(1))[0]! % words.length;
  const says = [
    prose(t("done", { day: longDay(next), expires: longDay(visit.expires) })),
    lacking !== "" && para("doubt", t("lacking", { names: lacking })),
    wordsLetter(words, t("words.title"), t("words")),
    typeBack(visit.t, words, nth),
    otherWays(visit.t, words),
  ];
  return { ...simple(t("done.title"), says, button(t("close"), () => location.replace(visit.site.leave), "other"), false), className: "receipt" };
}
