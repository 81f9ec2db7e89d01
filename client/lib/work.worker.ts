// Worker: solves a proof of work and tells how far it is.
import { solve } from "./work.ts";
import type { WorkRequest } from "./work.ts";
import type { Reply } from "./worker.ts";

const reply = (message: Reply<string>): void => self.postMessage(message);

self.onmessage = (event: MessageEvent<WorkRequest>) => {
  reply({ result: solve(event.data, (progress) => reply({ progress })) });
};
