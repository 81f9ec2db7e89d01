// Documents of a search as a handler brings them to the desk: authority, what was sealed into a bank, lead sheet. Each is
// checked here against this case and against what was recorded before, and becomes the act that records it. No DOM.
import { FormatError, hash, text as textOf, utf8 } from "../lib/bytes.ts";
import { decode, encode } from "../lib/canonical.ts";
import type { Json, JsonObject } from "../lib/canonical.ts";
import { asCount, asDay, asHash, asList, asObject, asText } from "../lib/shape.ts";
import { peekStatement, verifyStatement } from "../lib/statement.ts";
import type { OpenCase } from "./opened.ts";

/** What is recorded: the use and its hashes (formats, section 15), words for the note, and the document itself. */
export interface Recording {
  use: "authorised" | "exported" | "searched";
  authority: string;
  document: string;
  words: string;
  attached: string; // empty where it is too large to be sealed here
}

/** A document that a note of this case holds, sealed by a handler and judged sound. */
export interface Noted {
  text: string;
  sha256: string;
  day: string;
}

export const LARGEST = 16 * 1024 * 1024; // bytes of a lead sheet that are read
const SEALED = 1024 * 1024; // bytes that fit in a note
const SHOWN = 20; // leads in the words of a note

/** The documents that are recorded here, oldest first. */
export function notedDocuments({ answer, judged }: Pick<OpenCase, "answer" | "judged">): Noted[] {
  return judged.flatMap(({ envelope, faults }, index) => {
    const document = envelope?.kind === "note" && faults.length === 0 ? envelope.body["document"] : undefined;
    if (typeof document !== "string") return [];
    return [{ text: document, sha256: hash(utf8(document)), day: answer.envelopes[index]!.day }];
  });
}

/** Bodies of this case's acts about fingerprints, as the server tells them and the record check holds them to the log. */
export function bankActs({ answer }: Pick<OpenCase, "answer">): JsonObject[] {
  return answer.acts.flatMap(({ kind, body }) => (kind === "bank" && body !== null ? [body] : []));
}

/** Reads what somebody picked. Throws a FormatError that says what is wrong with it. */
export function readDocument(text: string, open: Pick<OpenCase, "answer" | "judged">): Recording {
  if (text.startsWith("upstander/lead-sheet/")) return leadSheet(text, open);
  const document = text.trim();
  const body = canonicalBody(document);
  if (body["format"] === "upstander/authority/v2") return authority(document, body, open);
  if (body["format"] === "upstander/exported/v1") return exported(body, document, open);
  throw new FormatError(
    "This is none of the three documents of a search: authority.json, exported.json and lead-sheet.signed.",
  );
}

function canonicalBody(text: string): JsonObject {
  try {
    return asObject(decode(utf8(text)));
  } catch {
    throw new FormatError("This file was changed, or is not a document that `upstander bank` or `upstander scan` made.");
  }
}

function authority(text: string, body: JsonObject, { answer }: Pick<OpenCase, "answer">): Recording {
  const said = readAuthority(body);
  if (!said.cases.includes(answer.case)) throw new FormatError("This authority does not name this case.");
  if (answer.today > said.until) throw new FormatError(`This authority ended on ${said.until}.`);
  const sha256 = hash(utf8(text));
  const words = [
    `Authority for a search, job ${said.job}.`,
    `Legal basis: ${said.legalBasis}`,
    `Run by ${said.operator}, approved by ${said.approvers.join(" and ")}, from ${said.from} to ${said.until}.`,
    `Devices: ${said.devices.join("; ")}`,
    `Collateral intrusion: ${said.intrusion}`,
  ].join("\n");
  return { use: "authorised", authority: sha256, document: sha256, words, attached: text };
}

interface Authority {
  job: string;
  legalBasis: string;
  operator: string;
  intrusion: string;
  approvers: string[];
  devices: string[];
  cases: string[];
  from: string;
  until: string;
  sign: string;
}

function readAuthority(body: JsonObject): Authority {
  const texts = (value: Json | undefined): string[] => asList(value).map(asText);
  const said = {
    job: asText(body["job"]),
    legalBasis: asText(body["legal_basis"]),
    operator: asText(body["operator"]),
    intrusion: asText(body["collateral_intrusion"]),
    approvers: asList(body["approvers"]).map((one) => asText(asObject(one)["name"])),
    devices: texts(body["devices"]),
    cases: texts(body["cases"]),
    from: asDay(body["from"]),
    until: asDay(body["until"]),
    sign: asText(body["sign"]),
  };
  const people = new Set([said.operator, ...said.approvers].map((name) => name.toLowerCase()));
  if (said.approvers.length < 2 || people.size !== said.approvers.length + 1)
    throw new FormatError("An authority needs two approvers, and neither of them runs the scan.");
  return said;
}

function recorded(sha256: string, open: Pick<OpenCase, "answer" | "judged">): { text: string; said: Authority } {
  const isActed = bankActs(open).some(({ use, document }) => use === "authorised" && document === sha256);
  const noted = notedDocuments(open).find((one) => one.sha256 === sha256);
  if (!isActed || noted === undefined) throw new FormatError("The authority of this document is not recorded in this case.");
  return { text: noted.text, said: readAuthority(canonicalBody(noted.text)) };
}

function exported(body: JsonObject, text: string, open: Pick<OpenCase, "answer" | "judged">): Recording {
  const [of, bank] = [asHash(body["authority"]), asHash(body["bank"])];
  const { said } = recorded(of, open);
  const basis = asList(body["basis"])
    .map(asObject)
    .filter(({ case: theCase }) => theCase === open.answer.case)
    .map(({ kind, by, why }) => (kind === "own" ? "the reporter's own picture" : `${asText(kind)}: ${asText(by)}, ${asText(why)}`));
  if (basis.length === 0) throw new FormatError("No fingerprints of this case are in that bank.");
  const number = asCount(body["pictures"], 1);
  const words = [
    `A bank was sealed for job ${said.job} on ${asDay(body["day"])}: ${number} pictures of all its cases.`,
    `Basis: ${[...new Set(basis)].join("; ")}`,
  ].join("\n");
  return { use: "exported", authority: of, document: bank, words, attached: text };
}

// The signature is by the key that the recorded authority names, so nobody else's sheet is taken for its result.
function leadSheet(text: string, open: Pick<OpenCase, "answer" | "judged">): Recording {
  const claimed = asHash(peekStatement(text, "lead-sheet")["authority_sha256"]);
  const { text: recordedText, said } = recorded(claimed, open);
  const sheet = verifyStatement(text, "lead-sheet", said.sign);
  if (textOf(encode(asObject(sheet["authority"]))) !== recordedText)
    throw new FormatError("The authority in this sheet is not the one that was recorded.");
  if (sheet["case"] !== open.answer.case) throw new FormatError("This sheet is for another case.");
  const bank = asHash(asObject(sheet["bank"])["sha256"]);
  if (!bankActs(open).some(({ use, document, authority: of }) => use === "exported" && document === bank && of === claimed))
    throw new FormatError("The bank of this sheet is not recorded here. Record exported.json of that job first.");
  const attached = utf8(text).length <= SEALED ? text : "";
  return { use: "searched", authority: claimed, document: hash(utf8(text)), words: sheetWords(sheet, said.job, attached === ""), attached };
}

const BANDS = ["match", "possible", "weak"] as const;

function sheetWords(sheet: JsonObject, job: string, isLarge: boolean): string {
  const leads = asList(sheet["leads"]).map(asObject);
  const counted = asObject(sheet["counted"]);
  const number = (name: string): number => asCount(counted[name]);
  const bands = BANDS.map((band) => `${leads.filter((lead) => lead["band"] === band).length} ${band}`).join(", ");
  const found = leads.length === 0 ? "Nothing was found in what could be assessed." : `Leads: ${bands}.`;
  return [
    `Search ${job} on ${asText(sheet["device"])}, finished ${asText(sheet["finished"])}.`,
    found,
    `${number("files")} files, ${number("pictures")} pictures and films, ${number("compared")} pictures compared; ` +
      `${number("unread")} not assessed, ${number("plain")} too plain to compare.`,
    ...leads.slice(0, SHOWN).map(leadWords),
    ...(leads.length > SHOWN ? [`${leads.length - SHOWN} more leads are in the sheet.`] : []),
    ...asList(sheet["record"]).map(asText),
    asText(sheet["note"]),
    ...(isLarge ? ["The sheet is too large to be sealed here. Keep it with the papers of the case."] : []),
  ].join("\n");
}

function leadWords(lead: JsonObject): string {
  const sent = asText(lead["sender"]) === "" ? "" : `, sent by ${asText(lead["sender"])} ${asText(lead["sent"])}`;
  const where = asList(lead["where"]).map(asText).join(" > ");
  return `${asText(lead["band"])}: ${where}${sent} (${asCount(lead["distance"])} of 256 bits; ${asText(lead["changed"])})`;
}
