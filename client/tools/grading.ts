// Grading what is known, 3x5x2: the source, the information, how it may be handled. Pure.
//
// After the College of Policing's practice on intelligence; the wording of the five steps of information is from memory
// and stands so in the docs. A source that gives no name is untested, never unreliable for that.

export const SOURCES = { "1": "Reliable", "2": "Untested", "3": "Not reliable" } as const;
export const INFORMATION = {
  A: "Known directly to the source",
  B: "Known indirectly, and borne out",
  C: "Known indirectly to the source",
  D: "Not known",
  E: "Suspected to be false",
} as const;
export const HANDLING = { P: "May be passed on where the law allows", C: "May be passed on with conditions" } as const;

export type SourceGrade = keyof typeof SOURCES;
export type InformationGrade = keyof typeof INFORMATION;
export type HandlingGrade = keyof typeof HANDLING;

export interface Grade {
  source: SourceGrade;
  information: InformationGrade;
  handling: HandlingGrade;
}

/** How the source says that she knows: the answers of the report's question about it. */
export type Knows = "saw" | "told" | "unknown";

/** What a page suggests before anybody has graded: untested, and by how she knows. Whether she gave a name plays no part. */
export function suggested(knows: Knows): Grade {
  const information: InformationGrade = knows === "saw" ? "A" : knows === "told" ? "C" : "D";
  return { source: "2", information, handling: "C" };
}

/** Hearsay: kept and marked. */
export function isHearsay({ information }: Pick<Grade, "information">): boolean {
  return information === "B" || information === "C";
}

/** As people write it: 2C1 of old is not this; 2-C-C is. */
export function gradeWords({ source, information, handling }: Grade): string {
  return `${source}${information}${handling}`;
}

/** How a reporter knows, from the coded answers of her report: whoever was told at first hand of anything is "told". */
export function knowsFrom(values: readonly string[]): Knows {
  if (values.includes("told")) return "told";
  return values.some((value) => ["saw", "heard", "happened", "screen"].includes(value)) ? "saw" : "unknown";
}
