// When a key that was open on one page may be open on the next. Pure: the clock comes in as a number.

/** What a tab's sessionStorage holds while its key is open. Times in milliseconds since 1970. */
export interface Carried {
  slot: string; // name of the browser key in IndexedDB that the rest is sealed under
  sealed: string;
  key: string; // key id
  until: number; // closes then, unless somebody uses the page
  seen: number; // last sign of life of the page
}

/** Longest time (ms) between leaving one page and starting the next. Longer: the tab was closed in between. */
export const HANDOVER = 30_000;
/** How often a living page says so. */
export const HEARTBEAT = 10_000;

/** Whether a starting page may take the key over from the page before. */
export function mayWake(carried: Carried, now: number): boolean {
  return now < carried.until && now - carried.seen <= HANDOVER && now >= carried.seen - HANDOVER;
}

/** After a sign of life of the person: the deadline moves on. `idle` in milliseconds. */
export function touched(carried: Carried, now: number, idle: number): Carried {
  return { ...carried, until: now + idle, seen: now };
}

/** Reads what was stored; anything that is not whole counts as nothing. */
export function parseCarried(stored: string | null): Carried | undefined {
  if (stored === null) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(stored);
  } catch {
    return undefined;
  }
  if (value === null || typeof value !== "object") return undefined;
  const { slot, sealed, key, until, seen } = value as Record<string, unknown>;
  const texts = typeof slot === "string" && typeof sealed === "string" && typeof key === "string";
  if (!texts || typeof until !== "number" || typeof seen !== "number") return undefined;
  return { slot, sealed, key, until, seen };
}
