// The handler's unlocked key, carried from desk page to desk page and closed with the tab.
//
// The page never holds the identity: a worker does. Between two pages it lies in sessionStorage, sealed under a
// browser key in IndexedDB that cannot be exported: neither store alone opens anything, and what comes back with
// a restored tab is too old. Closing the tab, thirty seconds without a page, or the idle limit closes it; moving
// about does not. What remains is written in `keyring.worker.ts`.
import { newId } from "../lib/bytes.ts";
import type { Signer } from "../lib/statement.ts";
import { spawn } from "../lib/worker.ts";
import type { WrappedKey } from "../lib/wrapped.ts";
import { HEARTBEAT, mayWake, parseCarried, touched } from "./carry.ts";
import type { Carried } from "./carry.ts";
import type { Answer, Call, Request, Results } from "./keyring.calls.ts";
import { dropBrowserKey, dropDeadKeys } from "./keystore.ts";
import { LockedError } from "./vault.ts";
import type { MadeKey, PublicKey, Wrapping } from "./vault.ts";

export { LockedError };

const STORED = "upstander-key";
const CHANNEL = "upstander-key";

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

let worker: Worker | undefined;
let calls = 0;
const waiting = new Map<number, Waiting>();
let carried: Carried | undefined;
let half: PublicKey | undefined;
let started: Promise<void> | undefined;
let channel: BroadcastChannel | undefined;
const listeners = new Set<() => void>();

export const keyring = {
  /** "open" while this page may use the key. Await `ready()` first on a fresh page. */
  state(): "locked" | "open" {
    return half === undefined ? "locked" : "open";
  },

  /** Resolves when it is known whether the page before left its key open. */
  ready(): Promise<void> {
    started ??= start();
    return started;
  },

  /** When the key closes if nobody touches the page. */
  until(): Date {
    return new Date(carried?.until ?? 0);
  },

  /** Opens an age file that was sealed to me. Throws LockedError while locked. */
  open(sealed: Uint8Array): Promise<Uint8Array> {
    return use({ act: "open", sealed });
  },

  /** Seals to any recipients, off the page's own thread. Throws LockedError while locked. */
  seal(data: Uint8Array, recipients: readonly string[]): Promise<Uint8Array> {
    return use({ act: "seal", data, recipients });
  },

  /** Signs statements as me; the signing happens in the worker. Throws LockedError while locked. */
  signer(): Signer {
    if (half === undefined) throw new LockedError("The key is closed.");
    return { sign: half.sign, sign_bytes: (data) => use({ act: "sign", data }) };
  },

  /** Key id of the open key, or "" while locked. */
  get key(): string {
    return half?.key ?? "";
  },

  /** My own recipient, or "" while locked. */
  get recipient(): string {
    return half?.seal ?? "";
  },

  /** Makes a new key pair, wrapped in these ways. It is not opened. */
  make(wrappings: readonly Wrapping[]): Promise<MadeKey> {
    return tell({ act: "make", wrappings });
  },

  /** Wraps a key in one more way; `wrap` must unwrap `blob`. */
  rewrap(blob: WrappedKey, wrap: Uint8Array, next: Wrapping): Promise<WrappedKey> {
    return tell({ act: "rewrap", blob, wrap, next });
  },

  /** Opens a key on this page and the ones that follow it. Throws when `wrap` does not unwrap `blob`. */
  async unlock(blob: WrappedKey, wrap: Uint8Array): Promise<void> {
    const slot = newId();
    const { carried: sealed, ...opened } = await tell<"unlock">({ act: "unlock", blob, wrap, slot });
    if (carried !== undefined) await dropBrowserKey(carried.slot);
    half = opened;
    const now = Date.now();
    keep({ slot, sealed, key: opened.key, until: now + idle(), seen: now });
    changed();
  },

  /** Closes the key here and in every other tab. */
  lock(): void {
    close();
    tabs().postMessage("lock");
  },

  /** Resolves once the key is open: at once, or when the person has unlocked it. */
  async whenOpen(): Promise<void> {
    await keyring.ready();
    if (half !== undefined) return;
    await new Promise<void>((resolve) => {
      const stop = keyring.onChange(() => {
        if (half === undefined) return;
        stop();
        resolve();
      });
    });
  },

  /** On every page: clears away what closed tabs left behind. */
  async sweep(isSignedIn: boolean): Promise<void> {
    const now = Date.now();
    const found = parseCarried(sessionStorage.getItem(STORED));
    const isAlive = found !== undefined && mayWake(found, now);
    if (found !== undefined && !isAlive) await discard(found);
    await dropDeadKeys(now, isSignedIn, isAlive ? found.slot : "").catch(() => undefined);
  },

  /** Calls back when it opens or closes and when the deadline moves. Returns the way to stop. */
  onChange(callback: () => void): () => void {
    listeners.add(callback);
    return () => void listeners.delete(callback);
  },
};

async function start(): Promise<void> {
  watch();
  const found = parseCarried(sessionStorage.getItem(STORED));
  if (found === undefined) return;
  if (!mayWake(found, Date.now())) return discard(found);
  try {
    half = await tell<"wake">({ act: "wake", slot: found.slot, carried: found.sealed });
  } catch {
    return discard(found);
  }
  keep(touched(found, Date.now(), idle()));
  changed();
}

/** Both halves go: the browser key and what was sealed under it. */
async function discard(found: Carried): Promise<void> {
  sessionStorage.removeItem(STORED);
  await dropBrowserKey(found.slot).catch(() => undefined);
}

function close(): void {
  const slot = carried?.slot;
  const was = half;
  carried = undefined;
  half = undefined;
  sessionStorage.removeItem(STORED);
  worker?.terminate();
  worker = undefined;
  for (const { reject } of waiting.values()) reject(new LockedError("The key was closed."));
  waiting.clear();
  if (slot !== undefined) void dropBrowserKey(slot).catch(() => undefined);
  if (was !== undefined) changed();
}

function keep(next: Carried): void {
  carried = next;
  sessionStorage.setItem(STORED, JSON.stringify(next));
}

function watch(): void {
  let last = 0;
  const use = (): void => {
    const now = Date.now();
    if (carried === undefined || now - last < 1000) return;
    last = now;
    if (now >= carried.until) return close();
    extend(now);
    tabs().postMessage("used");
  };
  for (const kind of ["pointerdown", "keydown", "scroll"])
    addEventListener(kind, use, { passive: true, capture: true });
  addEventListener("pagehide", () => carried && keep({ ...carried, seen: Date.now() }));
  addEventListener("pageshow", (event) => {
    if (event.persisted && carried !== undefined && !mayWake(carried, Date.now())) close();
  });
  setInterval(beat, HEARTBEAT);
  tabs().addEventListener("message", (event: MessageEvent<unknown>) => {
    if (event.data === "lock") close();
    else if (event.data === "used" && carried !== undefined) extend(Date.now());
  });
}

function extend(now: number): void {
  if (carried === undefined) return;
  const before = carried.until;
  keep(touched(carried, now, idle()));
  if (Math.floor(before / 60_000) !== Math.floor(carried.until / 60_000)) changed();
}

function beat(): void {
  if (carried === undefined) return;
  const now = Date.now();
  if (now >= carried.until) return close();
  keep({ ...carried, seen: now });
}

function tabs(): BroadcastChannel {
  channel ??= new BroadcastChannel(CHANNEL);
  return channel;
}

function idle(): number {
  const stated = Number(document.querySelector<HTMLMetaElement>('meta[name="upstander-idle"]')?.content);
  return (stated > 0 ? stated : 15 * 60) * 1000;
}

function changed(): void {
  for (const listener of [...listeners]) listener();
}

function use<A extends "open" | "seal" | "sign">(request: Extract<Request, { act: A }>): Promise<Results[A]> {
  if (half === undefined) return Promise.reject(new LockedError("The key is closed."));
  return tell<A>(request);
}

function tell<A extends Request["act"]>(request: Extract<Request, { act: A }>): Promise<Results[A]> {
  return new Promise((resolve, reject) => {
    worker ??= startWorker();
    calls += 1;
    waiting.set(calls, { resolve: (value) => resolve(value as Results[A]), reject });
    worker.postMessage({ id: calls, request } satisfies Call);
  });
}

function startWorker(): Worker {
  const made = spawn("keyring.worker");
  made.onmessage = (event: MessageEvent<Answer>) => {
    const reply = event.data;
    const call = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ("error" in reply) call?.reject(new Error(reply.error));
    else call?.resolve(reply.value);
  };
  made.onerror = () => {
    for (const { reject } of waiting.values()) reject(new Error("A part of this page could not be started."));
    waiting.clear();
  };
  return made;
}
