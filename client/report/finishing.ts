// Sending and keeping: starts the work, says what is being done, and what to do when it does not go through.
import { anyWord, trouble } from "./app.ts";
import type { App } from "./app.ts";
import { checkId, place } from "./asking.ts";
import { keptPage, receiptPage, sendingPage } from "./ending.ts";
import type { Kept } from "./ending.ts";
import { leave } from "./exit.ts";
import { troublePage } from "./pages.ts";
import { newCase } from "../lib/submission.ts";
import type { ReceiptKeys } from "../lib/derive.ts";
import { leavingPart, leftWith } from "./heldview.ts";
import { fateOf, plansOf } from "./plans.ts";
import { endAll, leaveAll, prepareAll } from "./pledges.ts";
import type { Leaving } from "./pledges.ts";
import { keep, newKeeping, replace } from "./record.ts";
import { ChannelGone, NewReaders, newOutgoing, send } from "./send.ts";
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
      ({ receipt, leaving }) => {
        if (app.out !== out) return; // she has left
        app.receipt = receipt;
        go(app, leaving, receipt.keys);
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

/** Sends, and seals what is left with the keepers while what she said is still here. What was held before is ended. */
async function sendAll(
  app: App,
  out: Outgoing,
  tell: (doing: Doing) => void,
): Promise<{ receipt: Receipt; leaving: Leaving[] }> {
  const { visit, box } = app;
  // What was held stays held where it cannot be ended now: that must not keep her from sending.
  if (box?.state === "private") await endAll(visit.site, box, box.pledges).catch(() => false);
  const receipt = await send(visit, out, tell);
  const { keys, theCase } = out as Ready;
  const leaving = await prepareAll(visit, plansOf(visit), keys, theCase, true).catch(() => []); // the report is in
  return { receipt, leaving };
}

/** Begins to leave pledges with the keepers, or goes on. What does not go through stands in them. */
function go(app: App, all: readonly Leaving[], keys: ReceiptKeys, token?: string, tell?: (done: number) => void): Promise<void> {
  const done = leaveAll(app.visit.site, keys, token, all, tell).catch(() => undefined);
  app.leaving = { all, keys, done };
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

function failed(app: App, error: unknown): void {
  const { visit, trail } = app;
  const { t } = visit;
  const check = place(checkId(app));
  if (error instanceof NewReaders) {
    const says = [t("error.card"), t("send.new-people", { names: error.labels.join("; ") })];
    const acts = [
      button(t("button.send"), () => trail.swap({ page: "sending" })),
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
  trouble(app, error, () => trail.swap({ page: "sending" }), check, app.out?.submission !== undefined);
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
    held: leavingPart(app.visit.t, app.leaving?.all ?? [], app.leaving?.done ?? Promise.resolve(), () => {
      void go(app, app.leaving!.all, app.leaving!.keys);
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
  const keepIt = button(t("later.do"), () => app.trail.go({ page: "keeping" }));
  return simple(t("draft.title"), says, [keepIt, link(t("button.back"), () => app.trail.back())]);
}

export function keeping(app: App): Screen {
  const { visit, trail } = app;
  const screen = sendingPage(visit);
  keepAll(app, screen.tell).then(
    (kept) => {
      app.kept = kept;
      app.keeping = undefined;
      wipe(visit);
      trail.forget({ page: "kept" });
      trail.swap({ page: "kept" });
    },
    (error: unknown) => trouble(app, error, () => trail.swap({ page: "keeping" }), place(checkId(app))),
  );
  return screen;
}

/** First it is kept, and safe; then it is left with the keepers. Only where it is to be held does she wait for that. */
async function keepAll(app: App, tell: (doing: Doing) => void): Promise<Kept> {
  const { visit } = app;
  const { words, keys, id, token } = await keepRecord(app, tell);
  const fate = fateOf(visit);
  // Fingerprints are not kept with a private record, files are only held, and the page has said so.
  const all = await prepareAll({ ...visit, prints: [] }, plansOf(visit), keys, await newCase(id), false);
  const done = go(app, all, keys, token, () => tell({ step: "ask" }));
  if (fate === "hold") await done;
  return { words, expires: visit.expires, fate, held: isAllHeld(all) };
}

interface InRecord {
  words: readonly string[];
  keys: ReceiptKeys;
  id: string;
  token?: string;
}

async function keepRecord(app: App, tell: (doing: Doing) => void): Promise<InRecord> {
  const { visit, box } = app;
  if (box?.state === "private" && box.record !== undefined) {
    await replace(visit, box);
    await endAll(visit.site, box, box.pledges); // what was held before has other words
    return { words: app.words, keys: box.keys, id: box.case, token: box.token };
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
  const { visit, trail, leaving } = app;
  const support = (): void => trail.go({ page: "support", answering: false });
  const all = (leaving?.all ?? []).filter(({ plan }) => plan.conditions.length > 0);
  const again = (): void => {
    app.kept = { ...app.kept!, held: false };
    void go(app, leaving!.all, leaving!.keys).then(() => {
      if (app.kept === undefined) return; // she has left
      app.kept = { ...app.kept, held: isAllHeld(all) };
      trail.swap({ page: "kept" });
    });
  };
  const left = all.flatMap((one) => leftWith(visit.t, one, again));
  return keptPage(visit, app.kept!, anyWord(), left, { support, leave });
}
