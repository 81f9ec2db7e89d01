// Sending and keeping: starts the work, says what is being done, and what to do when it does not go through.
import { anyWord, trouble } from "./app.ts";
import type { App, Going } from "./app.ts";
import { questionOf } from "./answers.ts";
import { checkId, place, store } from "./asking.ts";
import { keptPage, receiptPage, sendingPage } from "./ending.ts";
import type { Kept } from "./ending.ts";
import { leave } from "./exit.ts";
import { troublePage } from "./pages.ts";
import { newCase } from "../lib/submission.ts";
import type { ReceiptKeys } from "../lib/derive.ts";
import { beforePart, leavingPart, leftWith } from "./heldview.ts";
import type { Box } from "./mailbox.ts";
import { agreed, fateOf, plansOf } from "./plans.ts";
import type { Fate } from "./plans.ts";
import { leaveThenEnd, prepareAll, signIn } from "./pledges.ts";
import type { Leaving } from "./pledges.ts";
import { keep, newKeeping, replace } from "./record.ts";
import { whyOf } from "../lib/pledge.ts";
import { ChannelGone, lookAgain, NewReaders, newOutgoing, send } from "./send.ts";
import type { Doing, Outgoing, Ready, Receipt } from "./send.ts";
import { keepingOf } from "./proof.ts";
import { longDay } from "./texts.ts";
import type { Screen } from "./view.ts";
import { button, link, para, prose, simple } from "./view.ts";
import { wipe } from "./visit.ts";

/** Seals and sends, then shows the receipt in the place of this page: Back does not send again. */
export function sending(app: App): Screen {
  const { visit } = app;
  const screen = sendingPage(visit);
  const now = JSON.stringify([
    visit.answers,
    visit.urgent,
    visit.files.map(({ original, stripped }) => [original, stripped]),
    visit.prints.map(({ sha256 }) => sha256),
  ]);
  if (app.out === undefined || app.sealedFrom !== now) renew(app);
  app.sealedFrom = now;
  const out = app.out!;
  const run = (): void => {
    sendAll(app, out, screen.tell).then(
      ({ receipt, ...left }) => {
        if (app.out !== out) return; // she has left
        app.receipt = receipt;
        void go(app, { ...left, keys: receipt.keys, sent: true, before: endable(keptBefore(app)) });
        wipe(visit);
        app.out = undefined;
        app.trail.forget({ page: "receipt" });
        app.trail.swap({ page: "receipt" });
      },
      (error: unknown) => app.out === out && failed(app, error),
    );
  };
  queueMicrotask(run);
  return screen;
}

/** The private record in hand, which is to be sent or replaced. */
function keptBefore({ box }: App): Box | undefined {
  return box?.state === "private" ? box : undefined;
}

/** Sends, and seals what is left with the keepers while what she said is still here. */
async function sendAll(
  app: App,
  out: Outgoing,
  tell: (doing: Doing) => void,
): Promise<{ receipt: Receipt; all: Leaving[]; unmade: boolean }> {
  const { visit } = app;
  const receipt = await send(visit, out, tell);
  const { keys, theCase } = out as Ready;
  const plans = plansOf(visit);
  const before = keptBefore(app)?.slips.kept;
  const all = await prepareAll(visit, plans, keys, theCase, true, before).catch(() => undefined); // the report is in
  const isWanted = plans.some(({ conditions, written }) => conditions.length + written.length > 0);
  return { receipt, all: all ?? [], unmade: all === undefined && isWanted };
}

function endable(box: Box | undefined): Going["before"] {
  const all = box?.slips.kept.filter(({ slip }) => !slip.ended) ?? [];
  return { all, rest: all, asked: false };
}

/** Begins to leave pledges with the keepers, or goes on. What does not go through stands in the task. */
function go(app: App, task: Omit<Going, "done">, tell?: (done: number) => void): Promise<void> {
  const { visit } = app;
  const over = app.over.signal;
  const run = async (): Promise<void> => {
    if (task.all.length === 0 && task.before.rest.length === 0) return;
    const token = await signIn(visit.site, task.keys);
    over.throwIfAborted();
    await leaveThenEnd(visit, { keys: task.keys, token, over }, task, tell);
  };
  const done = run().catch((error: unknown) => task.all.forEach((one) => one.enough || (one.why = whyOf(error))));
  if (!over.aborted) app.leaving = Object.assign(task, { done });
  return done;
}

// Something was changed after a try: everything is made anew, also the words, because the earlier try may have arrived.
function renew(app: App): void {
  const { box } = app;
  app.visit.files.forEach((file) => delete file.upload);
  const isKept = box?.state === "private";
  const { words } = app;
  app.out = isKept
    ? {
        ...newOutgoing(),
        words: [...words],
        keys: box.keys,
        kept: { token: box.token, case: box.case, number: box.next },
      }
    : (app.ahead ?? newOutgoing());
  app.ahead = undefined;
}

function failed(app: App, error: unknown, page: "sending" | "keeping" | "drafting" = "sending"): void {
  const { visit, trail } = app;
  const { t } = visit;
  const check = place(checkId(app));
  if (error instanceof NewReaders) {
    const says = [t("error.card"), t("send.new-people", { names: error.labels.join("; ") })];
    const acts = [
      button(t(`button.${fateOf(visit)}`), () => trail.swap({ page })),
      link(t("check.leave-out"), () => trail.swap(excludePlace(app))),
    ];
    return app.draw(troublePage(t("error.card.title"), says, acts));
  }
  if (error instanceof ChannelGone) {
    return app.draw(
      troublePage(
        t("error.card.title"),
        [t("send.gone")],
        button(t("send.back"), () => trail.swap(check)),
      ),
    );
  }
  trouble(app, error, () => trail.swap({ page }), check, app.out?.submission !== undefined);
}

function excludePlace(app: App): ReturnType<typeof place> {
  const id =
    Object.values(app.visit.pack.questions).find(({ kind }) => kind === "exclude")?.id ?? checkId(app);
  return place(id, id);
}

export function receipt(app: App): Screen {
  const made = app.receipt!;
  return receiptPage(app.visit, made, anyWord(), {
    support: () => app.trail.go({ page: "support", answering: false }),
    leave,
    open: () => {
      app.words = made.words;
      app.trail.go({ page: "opening" });
    },
    keeping: keepingOf(app.visit, made),
    held: app.leaving && leavingPart(app.visit.t, app.leaving, () => {
      void go(app, app.leaving!);
      app.trail.swap({ page: "receipt" });
    }),
  });
}

/** "Stop here and come back later": says what keeping means before anything is kept. */
export function later(app: App): Screen {
  const { t, expires, files } = app.visit;
  const says = [
    prose(t("draft", { expires: longDay(expires) })),
    files.length > 0 && para("", t("kept.no-files")),
  ];
  const keepIt = button(t("later.do"), () => app.trail.go({ page: "drafting" }));
  return simple(t("draft.title"), says, [keepIt, link(t("button.back"), () => app.trail.back())]);
}

/** Keeps, and holds what she has looked over for that. A draft is only kept, whatever she has said so far. */
export function keeping(app: App, page: "keeping" | "drafting"): Screen {
  const { visit, trail } = app;
  const over = app.over.signal;
  const screen = sendingPage(visit);
  const fate = page === "keeping" && fateOf(visit) === "hold" ? "hold" : "keep";
  keepAll(app, fate, screen.tell, over).then(
    (kept) => {
      if (over.aborted) return; // she has left
      app.kept = kept;
      app.keeping = undefined;
      wipe(visit);
      trail.forget({ page: "kept" });
      trail.swap({ page: "kept" });
    },
    (error: unknown) => over.aborted || failed(app, error, page),
  );
  return screen;
}

/** First it is kept, and safe; then it is left with the keepers. Only where it is to be held does she wait for that. */
async function keepAll(app: App, fate: Fate, tell: (doing: Doing) => void, over: AbortSignal): Promise<Kept> {
  const { visit } = app;
  const before = keptBefore(app);
  await lookAgain(visit, fate);
  const question = questionOf(visit.pack, visit.answers, "after");
  const now = fate === "hold" ? agreed(visit) : undefined;
  if (question !== undefined && now !== undefined) store(app, question.id, { ...now });
  const { words, keys, id } = await keepRecord(app, tell);
  // Fingerprints are not kept with a private record, files are only held, and the page has said so.
  const alone = { ...visit, prints: [] };
  const all = await prepareAll(alone, plansOf(visit, fate), keys, await newCase(id), false, before?.slips.kept);
  over.throwIfAborted();
  const done = go(app, { all, keys, sent: false, before: endable(before) }, () => tell({ step: "ask" }));
  if (fate === "hold") await done;
  return { words, expires: visit.expires, fate, held: isAllHeld(all) };
}

async function keepRecord(
  app: App,
  tell: (doing: Doing) => void,
): Promise<{ words: readonly string[]; keys: ReceiptKeys; id: string }> {
  const { visit, box } = app;
  if (box?.state === "private" && box.record !== undefined) {
    await replace(visit, box);
    return { words: app.words, keys: box.keys, id: box.case };
  }
  const made = (app.keeping ??= newKeeping());
  const { words, keys } = await keep(visit, made, tell);
  return { words, keys, id: String(made.made!.body["case"]) };
}

function isAllHeld(all: readonly Leaving[]): boolean {
  const asked = all.filter(({ plan }) => plan.conditions.length > 0);
  return asked.length > 0 && asked.every(({ enough }) => enough);
}

export function kept(app: App): Screen {
  const { visit, trail } = app;
  const { t } = visit;
  const leaving = app.leaving!;
  const support = (): void => trail.go({ page: "support", answering: false });
  const all = leaving.all.filter(({ plan }) => plan.conditions.length > 0);
  const again = (): void => {
    app.kept = { ...app.kept!, held: false };
    void go(app, leaving).then(() => {
      if (app.kept === undefined) return; // she has left
      app.kept = { ...app.kept, held: isAllHeld(all) };
      trail.swap({ page: "kept" });
    });
  };
  const before = beforePart(t, leaving, again);
  const says = all.length === 0 ? before : [...all.flatMap((one) => leftWith(t, one, again)), before];
  return keptPage(visit, app.kept!, anyWord(), says, { support, leave });
}
