// Starts our own workers, through the only Trusted Types policy the page allows.

export type WorkerName = "derive.worker" | "keyring.worker" | "pdq.worker" | "pledge.worker" | "work.worker";

const NAMES = ["derive.worker", "keyring.worker", "pdq.worker", "pledge.worker", "work.worker"];
const ADDRESSES: readonly string[] = NAMES.map((name) => `/assets/${name}.js`);

interface PolicyFactory {
  createPolicy(
    name: string,
    rules: { createScriptURL(address: string): string },
  ): { createScriptURL(address: string): string };
}

let policy: { createScriptURL(address: string): string } | undefined;

/** Starts one of our workers. */
export function spawn(name: WorkerName): Worker {
  return new Worker(trusted(`/assets/${name}.js`));
}

/** The address as the page's policy lets it through; any address but our workers' own throws. */
export function trusted(address: string): string {
  const factory = (globalThis as { trustedTypes?: PolicyFactory }).trustedTypes;
  policy ??= factory
    ? factory.createPolicy("upstander-worker", { createScriptURL: own })
    : { createScriptURL: own };
  return policy.createScriptURL(address);
}

function own(address: string): string {
  if (!ADDRESSES.includes(address)) throw new TypeError("Only Upstander's own workers can be started.");
  return address;
}

/**
 * Asks a worker one thing: sends `request`, hands on `{progress}` messages, resolves with `{result}`. Ends
 * the worker.
 */
export function ask<Request, Result>(
  name: WorkerName,
  request: Request,
  onProgress?: (done: number) => void,
  signal?: AbortSignal,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const worker = spawn(name);
    const end = (settle: () => void): void => {
      worker.terminate();
      settle();
    };
    signal?.addEventListener("abort", () => end(() => reject(signal.reason)), { once: true });
    worker.onerror = () => end(() => reject(new Error("A part of this page could not be started.")));
    worker.onmessage = (event: MessageEvent<Reply<Result>>) => {
      const reply = event.data;
      if ("progress" in reply) onProgress?.(reply.progress);
      else if ("error" in reply) end(() => reject(new Error(reply.error)));
      else end(() => resolve(reply.result));
    };
    worker.postMessage(request);
  });
}

export type Reply<Result> = { progress: number } | { error: string } | { result: Result };
