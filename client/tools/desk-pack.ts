// The part of the pack that only the desk loads: fetched once a page, when a tool first asks for it.
import { desk } from "../desk/page.ts";
import type { Letter } from "./letters.ts";
import type { Wording } from "./wording.ts";

export interface DeskPack {
  format: string;
  id: string;
  version: string;
  wording: Wording;
  letters: readonly Letter[];
}

let asked: Promise<DeskPack> | undefined;

/** The desk's pack of this institution. A failed fetch is tried again at the next call. */
export function deskPack(): Promise<DeskPack> {
  asked ??= desk<DeskPack>("/pack").catch((error: unknown) => {
    asked = undefined;
    throw error;
  });
  return asked;
}
