// What the reporter answered to each check-in, and where she was silent, on the case page.
import { answeredIn, stateOf } from "../lib/check-ins.ts";
import type { Answered, CheckInState } from "../lib/check-ins.ts";
import { h } from "../lib/dom.ts";
import type { CaseDesk } from "../desk/case.ts";
import { dayWords } from "../desk/reading.ts";

const STATES: Readonly<Record<CheckInState, [string, string]>> = {
  later: ["", "to come"],
  due: ["now", "asked, not answered yet"],
  answered: ["", "answered"],
  silent: ["late", "no answer"],
};

/** A list of all check-ins. What needs somebody's eye stands first. */
export function watchPart({ open }: CaseDesk): HTMLElement {
  const { watch, today } = open.answer;
  const answered = answeredIn(open.judged);
  if (watch.check_ins.length === 0) return h("p", { class: "second" }, "This pack asks nothing.");
  const rows = watch.check_ins.map((one) => {
    const [mark, words] = STATES[stateOf(one, answered, today, watch.quiet_days)];
    const found = answered.find(({ id }) => id === one.id);
    const said = found === undefined ? words : saidIn(watch.questions, found);
    return h("div", { "data-check-in": one.id }, h("dt", null, dayWords(one.day)), h("dd", null, mark === "" ? said : h("span", { class: `state ${mark}` }, said)));
  });
  const worried = answered.filter(({ answers }) => answers["changed"] === "yes" || answers["safe"] === "no");
  const alarm = worried.length === 0 ? null : h("div", { class: "alert" }, h("p", null, h("strong", null, "She says that she is treated badly or is not safe."), " Answer her today. Any act against her since her report needs a second look by somebody outside both lines."));
  const silent = "No answer is not good news and not bad news. Ask in your next letter, and never count it as “no”.";
  return h("div", { class: "flow" }, alarm, h("dl", { class: "facts" }, rows), h("p", { class: "second small" }, silent));
}

function saidIn(questions: CaseDesk["open"]["answer"]["watch"]["questions"], { answers, day }: Answered): string {
  const said = questions.map(({ id, title, options }) => `${title} ${options.find(([option]) => option === answers[id])?.[1] ?? "no answer"}.`);
  return `${said.join(" ")} Answered on ${dayWords(day)}.`;
}
