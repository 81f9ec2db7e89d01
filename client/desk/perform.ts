// Sends one act and checks the promise that it is in the log. Repeating it is harmless: it stays the same act.
import { numbered } from "../lib/acts.ts";
import type { Built } from "../lib/acts.ts";
import { NO_ANSWER, postJson, Problem } from "../lib/api.ts";
import type { JsonObject } from "../lib/canonical.ts";
import { checkPromise } from "../lib/promise.ts";
import type { Installation } from "../lib/promise.ts";

export type Post = (path: string, body: JsonObject) => Promise<{ promise: string }>;

const post: Post = (path, body) => postJson(path, body, { cookies: true });
const PAUSES = [1000, 3000]; // milliseconds before the second and the third try

/**
 * Posts it, up to three times while no answer comes, and under the next number when a colleague was quicker. Throws
 * a Problem, or a FormatError for a wrong promise.
 */
export async function perform(
  path: string,
  built: Built,
  installation: Installation,
  send: Post = post,
  pauses: readonly number[] = PAUSES,
): Promise<void> {
  const { promise } = await retried(() => numbered(built, (body) => send(path, body)), pauses);
  checkPromise(promise, installation, built.act);
}

/** Tries again while the server is out of reach or busy. */
export async function retried<T>(work: () => Promise<T>, pauses: readonly number[] = PAUSES): Promise<T> {
  for (const pause of pauses) {
    try {
      return await work();
    } catch (error) {
      const again = error instanceof Problem && (error.type === NO_ANSWER || error.type === "busy");
      if (!again) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
  return work();
}
