// A card that keepers have seen: the page takes it only with the statements of enough of them (formats, section 14).
import { FormatError } from "./bytes.ts";
import type { Card } from "./card.ts";
import type { Roster } from "./roster.ts";
import { asDay, exactly } from "./shape.ts";
import { peekStatement, verifyStatement } from "./statement.ts";

const FIELDS = ["card", "day", "institution", "keeper", "until", "version"];

/**
 * The keepers that have seen this very card; throws where they are fewer than the roster needs. A statement that is
 * wrong, of another card, or past its day, counts for nothing.
 */
export function checkSeen(statements: readonly string[], card: Card, roster: Roster, today: string): string[] {
  const seen = new Set<string>();
  for (const statement of statements) {
    try {
      const name = exactly(peekStatement(statement, "card-seen"), FIELDS)["keeper"];
      const keeper = roster.keepers.find((one) => one.name === name);
      if (keeper === undefined) continue;
      const body = verifyStatement(statement, "card-seen", keeper.sign);
      const isThis =
        body["card"] === card.sha256 &&
        body["institution"] === card.institution &&
        body["version"] === card.version &&
        asDay(body["until"]) >= today;
      if (isThis) seen.add(keeper.name);
    } catch {
      continue;
    }
  }
  if (seen.size < roster.needs)
    throw new FormatError(`Too few keepers have seen this list of people: ${seen.size} of ${roster.needs}.`);
  return [...seen].sort();
}
