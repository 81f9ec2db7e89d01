// How a page's requests reach the keepers: through our own server, all of one turn as one request, with patience where it
// is busy. What comes back is for the caller to judge.
import { callJson, Problem } from "./api.ts";
import { sealRequest } from "./asking.ts";
import type { Post } from "./asking.ts";
import type { JsonObject } from "./canonical.ts";
import { solve } from "./work.ts";

/** What each keeper answered, by its name, as it said it; empty where it gave none. */
export interface Answers {
  answers: Record<string, string>;
}

/** One turn of requests, each sealed to its keeper, on its way as one request to the server. */
interface Round {
  bodies: Record<string, string>;
  sealing: number;
  send(answers: Promise<Answers>): void;
  answers: Promise<Answers>;
}

/** Each request sealed to its keeper, which has to be known; `away` gathers who gave no answer. */
export function sealedTo(recipients: ReadonlyMap<string, string>, to: string, away: Set<string>): Post {
  let open: Round | undefined;
  const begin = (): Round => {
    let send!: Round["send"];
    const answers = new Promise<Answers>((resolve) => (send = resolve));
    return { bodies: {}, sealing: 0, send, answers };
  };
  return async (keeper, path, body) => {
    const recipient = recipients.get(keeper.name);
    if (recipient === undefined) {
      away.add(keeper.name);
      throw new Error("No answer.");
    }
    const round = (open ??= begin());
    round.sealing += 1;
    try {
      round.bodies[keeper.name] = JSON.stringify(await sealRequest(keeper.name, path, body, recipient));
    } finally {
      round.sealing -= 1;
      if (round.sealing === 0) {
        open = undefined;
        round.send(worked((work) => callJson<Answers>("POST", to, { bodies: round.bodies, work })));
      }
    }
    return said(await round.answers, keeper.name, away);
  };
}

/** What this keeper answered, refusals included; it is away where it said nothing. */
function said({ answers }: Answers, name: string, away: Set<string>): JsonObject {
  const answer: unknown = JSON.parse(answers[name] || "null");
  if (answer === null || typeof answer !== "object" || Array.isArray(answer)) {
    away.add(name);
    throw new Error("No answer.");
  }
  return answer as JsonObject;
}

/** Posts of one turn with one body become one request to the server, which asks all these keepers. */
export function gathered(send: (body: JsonObject) => Promise<Answers>): Post {
  const open = new Map<string, { answers: Promise<Answers> }>();
  return async (keeper, _path, body) => {
    const key = JSON.stringify(body);
    let one = open.get(key);
    if (one === undefined) {
      const answers = Promise.resolve().then(() => {
        open.delete(key);
        return send(body);
      });
      open.set(key, (one = { answers }));
    }
    return said(await one.answers, keeper.name, new Set());
  };
}

const PAUSES = [500, 1_500, 4_000]; // milliseconds before a busy server is asked again

/** Asks again after a pause while the server is busy. */
export async function patient<T>(send: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await send();
    } catch (error) {
      const isBusy = error instanceof Problem && error.type === "busy";
      if (!isBusy || attempt >= PAUSES.length) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSES[attempt]));
    }
  }
}

/** Does the work that the server asks for under load, then asks again. */
export async function worked(send: (work: string) => Promise<Answers>): Promise<Answers> {
  try {
    return await patient(() => send(""));
  } catch (error) {
    if (!(error instanceof Problem) || error.type !== "work-needed") throw error;
    const work = solve({ challenge: String(error.body["challenge"]), bits: Number(error.body["bits"]) });
    return patient(() => send(work));
  }
}
