// Worker: words in, root key out. The only place where WebAssembly runs.
import { rootKey } from "./argon.ts";
import type { RootRequest } from "./argon.ts";
import type { Reply } from "./worker.ts";

const reply = (message: Reply<Uint8Array>): void => self.postMessage(message);

self.onmessage = async (event: MessageEvent<RootRequest>) => {
  try {
    reply({ progress: 0 });
    reply({ result: await rootKey(event.data) });
  } catch {
    reply({ error: "This device could not work out the keys from the words. It may be short of memory." });
  }
};
