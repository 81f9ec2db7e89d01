// The only place where a handler's identity is in the clear. It opens, seals and signs, and never hands it out.
//
// What remains while the key is open: a script that runs on this site can ask this worker to open and sign, can
// read what the page reads, and can open for itself what lies between two pages (any page of this site may use
// the browser key, although none can export it). So can somebody who copies the whole browser profile in those
// minutes. The worker keeps the key from mistakes of ours; the content policy keeps foreign scripts out.
import { findBrowserKey, makeBrowserKey } from "./keystore.ts";
import type { Answer, Call, Request } from "./keyring.calls.ts";
import { Vault } from "./vault.ts";

const vault = new Vault();

async function answer(request: Request): Promise<unknown> {
  switch (request.act) {
    case "make":
      return Vault.make(request.wrappings);
    case "rewrap":
      return Vault.rewrap(request.blob, request.wrap, request.next);
    case "unlock": {
      const half = await vault.unlock(request.blob, request.wrap);
      return { ...half, carried: await vault.carry(await makeBrowserKey(request.slot, Date.now())) };
    }
    case "wake": {
      const under = await findBrowserKey(request.slot);
      if (under === undefined) throw new Error("This key was closed in the meantime.");
      return vault.wake(request.carried, under);
    }
    case "open":
      return vault.open(request.sealed);
    case "seal":
      return vault.seal(request.data, request.recipients);
    case "sign":
      return vault.sign(request.data);
  }
}

onmessage = (event: MessageEvent<Call>) => {
  const { id, request } = event.data;
  answer(request).then(
    (value) => postMessage({ id, value } satisfies Answer),
    (error: unknown) =>
      postMessage({
        id,
        error: error instanceof Error ? error.message : "It did not work.",
      } satisfies Answer),
  );
};
