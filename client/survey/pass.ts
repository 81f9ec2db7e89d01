// The page of the body that issues passes: a code goes in, a pass comes out, and only this device has seen both.
import { getJson, postJson, Problem } from "../lib/api.ts";
import { b64, FormatError, unb64 } from "../lib/bytes.ts";
import { h, UNWATCHED } from "../lib/dom.ts";
import { freshId, labelled } from "../report/fields.ts";
import { longDay } from "../report/texts.ts";
import { button, div, form, h1, liveRegion, prose, showErrors, submit } from "../report/view.ts";
import { asTexts, letters, show, speakIn, support, t } from "./frame.ts";
import type { Frame } from "./frame.ts";
import { knownNotice } from "./notice.ts";
import type { Notice } from "./notice.ts";
import { ask, finish } from "./passes.ts";
import type { Asking } from "./passes.ts";

interface Answer {
  element: string;
  proof: string;
}

void start().catch((error: unknown) => console.error(error));

async function start(): Promise<void> {
  if (navigator.language.startsWith("cy")) speakIn("cy");
  const { notice, survey } = await getJson<{ notice: string; survey: string }>("/v1/wave");
  const read = knownNotice(notice);
  if (read === undefined) return untrusted();
  // One number for as long as this page is open: a code whose answer was lost can be sent again.
  first(read, survey, ask(read.wave));
}

function untrusted(): void {
  const frame: Frame = { help: () => undefined, again: untrusted, footnote: "" };
  show(frame, h1(t("untrusted.title")), div("flow measure below", prose(t("untrusted"))));
}

function frame(notice: Notice, back: (() => void) | undefined, here: () => void, again = here): Frame {
  const help = (): void =>
    show(frame(notice, here, here, help), h1(t("help.title")), div("flow measure below", support("")));
  return {
    back,
    help,
    again,
    footnote: t("footnote", { wave: notice.wave, day: longDay(notice.closes), issuer: notice.issuer }),
  };
}

function first(notice: Notice, survey: string, asking: Asking): void {
  const box = h("input", { type: "text", id: freshId(), autocomplete: "off", autocapitalize: "off", ...UNWATCHED });
  const said = liveRegion();
  const column = h("div", null);
  const go = async (): Promise<void> => {
    const code = box.value.replace(/[\s-]/g, "").toLowerCase();
    if (!/^[a-z2-7]{13}$/.test(code)) return showErrors(asTexts, column, [{ text: t("error.code"), control: box }]);
    said.replaceChildren(h("p", null, t("doing.code")));
    try {
      const answer = await postJson<Answer>("/v1/passes", { code, element: b64(asking.blinded.element) });
      made(notice, survey, finish(asking, notice.key, unb64(answer.element, 32), unb64(answer.proof, 64)));
    } catch (error) {
      said.replaceChildren();
      if (!(error instanceof Problem) && !(error instanceof FormatError)) throw error;
      showErrors(asTexts, column, [{ text: error instanceof Problem ? error.title : error.message, control: box }]);
    }
  };
  column.append(
    h1(t("code.title")),
    div("flow measure below", prose(t("code.about", { issuer: notice.issuer })), letters(notice)),
    form(
      () => void go(),
      { class: "measure below" },
      labelled(t("code.label"), t("code.hint"), box),
      said,
      div("acts", submit(t("button.code"))),
    ),
  );
  show(frame(notice, undefined, () => first(notice, survey, asking)), column);
}

function made(notice: Notice, survey: string, carried: string): void {
  const said = liveRegion();
  const groups = carried.match(/.{1,5}/g) ?? [];
  const copy = (): void => {
    void navigator.clipboard.writeText(carried).then(() => said.replaceChildren(h("p", null, t("copied"))));
  };
  show(
    frame(notice, undefined, () => made(notice, survey, carried)),
    h1(t("pass.made.title")),
    div("flow measure below", prose(t("pass.made")), h("p", { class: "mono band", id: "pass" }, groups.join(" ")), prose(t("pass.made.keep"))),
    said,
    div(
      "acts",
      h("a", { class: "btn", href: `${survey}#${carried}`, rel: "noreferrer" }, t("pass.on")),
      button(t("button.copy"), copy, "other"),
    ),
  );
}
