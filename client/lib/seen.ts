// The card has to be seen by others than who shows it: where a roster came with the page, it takes no card that too few
// keepers have cosigned. Done in the worker, while she reads the first page; nothing is sealed to anybody before.
import { getJson } from "./api.ts";
import { FormatError } from "./bytes.ts";
import type { PledgeRequest, Seen } from "./pledging.ts";
import { ask } from "./worker.ts";

/** A card as our server shows it, with what keepers said of it, and who they are. */
export interface Shown {
  card: string;
  seen?: string[];
  roster?: string[];
}

/** Too few keepers stand by the card now, or those that do are not the ones the page came with. */
export class CardUnseen extends FormatError {
  readonly fault: "seen" | "roster";
  constructor(fault: "seen" | "roster") {
    super("Too few keepers have seen this list of people.");
    this.fault = fault;
  }
}

export function shownBy(site: { slug: string }): Promise<Shown> {
  return getJson<Shown>(`/api/v1/i/${site.slug}/card`);
}

/** The keepers that have seen this card, by name; none where the page came without a roster. Throws CardUnseen. */
export async function checkShown(
  { pin, key }: { pin: string; key: string },
  { card, seen = [], roster = [] }: Shown,
  day: string,
): Promise<readonly string[]> {
  if (pin === "") return [];
  const asked = { do: "card", pin, key, day, card, seen, roster } as const;
  const { keepers, fault } = await ask<PledgeRequest, Seen>("pledge.worker", asked);
  if (fault !== "") throw new CardUnseen(fault);
  return keepers;
}
