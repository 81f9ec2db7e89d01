// Where a staff pass lies in a private record: whoever has it counts as one person of the staff, and nobody knows which.
import type { Json, JsonObject } from "./canonical.ts";

/** Its place among the answers. No question has this id. */
export const PASS = "staff-pass";

/** The staff pass in what a record holds. */
export function passIn(body: JsonObject | undefined): Json | undefined {
  return (body?.["answers"] as unknown as { id: string; value: Json }[] | undefined)?.find(({ id }) => id === PASS)?.value;
}

/** Does it count on this day: was it collected in an earlier month? Who holds with one that does not, waits in vain. */
export function passCounts(pass: Json | undefined, day: string): boolean {
  const month = (pass as JsonObject | undefined)?.["month"];
  return typeof month === "string" && month < day.slice(0, 7);
}
