// Worker: everything that has to do with keepers. It is loaded only when there is something to ask them.
import type { Brought } from "./brought.ts";
import { whyOf } from "./pledge.ts";
import { pledge } from "./pledging.ts";
import type { Claimed, Keepers, Made, PledgeRequest, Seen, Told } from "./pledging.ts";
import type { Reply } from "./worker.ts";

const reply = (message: Reply<Brought[] | Claimed | Keepers | Made | Seen | Told | string>): void => self.postMessage(message);

self.onmessage = async (event: MessageEvent<PledgeRequest>) => {
  try {
    reply({ result: await pledge(event.data, (progress) => reply({ progress })) });
  } catch (error) {
    reply({ error: whyOf(error) });
  }
};
