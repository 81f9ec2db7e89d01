// Taking a case out: sealed to chosen keys before it touches the disk, and written down in the case itself.
import { newIdentity, recipientOf, seal } from "../lib/age.ts";
import { call } from "../lib/api.ts";
import { FormatError, hash, utf8 } from "../lib/bytes.ts";
import { encode } from "../lib/canonical.ts";
import { h } from "../lib/dom.ts";
import { noteForDesk } from "../desk/builders.ts";
import type { CaseDesk } from "../desk/case.ts";
import { actForm, FieldError, prefix } from "../desk/form.ts";
import { perform } from "../desk/perform.ts";
import { shutOut } from "../desk/shut-out.ts";
import { fileName, offered, redactedFile, wholeFile } from "./case-file.ts";
import { saveFile } from "../lib/save.ts";

const PURPOSES: Readonly<Record<string, [string, string]>> = {
  whole: ["The whole case", "Everything but the source sheet, with signatures, steps and proofs from the log. For another body, or to keep."],
  "subject-access": ["Bundle for a subject access request", "What is marked relevant, redacted. No report, no message of the reporter."],
  disclosure: ["Disclosure schedule", "The same, with marks and with whom each item was shared."],
};

/** A folded form that makes a sealed file of the case. */
export function exportForm(desk: CaseDesk): HTMLElement {
  const id = prefix();
  const { open } = desk;
  const shut = new Set(shutOut(open.judged, open.card));
  const members = open.card.channels
    .flatMap(({ name, members: list }) => list.map((member) => ({ ...member, team: name })))
    .filter(({ key, state }, i, all) => state === "active" && !shut.has(key) && all.findIndex((other) => other.key === key) === i);
  const kinds = Object.entries(PURPOSES).map(([kind, [label, hint]]) => choice("radio", `${id}-kind`, kind, label, hint));
  const people = members.map(({ key, label, team }) => choice("checkbox", `${id}-to`, key, key === open.me.key ? `${label} (you)` : label, team));
  const fresh = choice("checkbox", `${id}-fresh`, "fresh", "A key made for this file", "Saved as a second file. Whoever has both opens it, without Upstander, with any age tool: hand them over by two different ways.");
  const keys = h("textarea", { id: `${id}-keys`, rows: 3, "data-tool": true, autocomplete: "off", spellcheck: "false", "aria-describedby": `${id}-keys-hint` });
  const form = actForm(
    "Seal a copy and save it",
    async (say, inside) => {
      const kind = inside.querySelector<HTMLInputElement>(`input[name="${id}-kind"]:checked`)?.value;
      if (kind === undefined) throw new FieldError(`${id}-kind-whole`, "Choose what is taken out.");
      const ticked = new Set([...inside.querySelectorAll<HTMLInputElement>(`input[name="${id}-to"]:checked`)].map((box) => box.value));
      const to = members.filter(({ key }) => ticked.has(key));
      const others = await otherKeys(keys.value, `${id}-keys`);
      const made = inside.querySelector<HTMLInputElement>(`#${id}-fresh-fresh`)?.checked === true ? await newIdentity() : undefined;
      const recipients = [...to.map((one) => one.seal), ...others, ...(made === undefined ? [] : [await recipientOf(made)])];
      if (recipients.length === 0) throw new FieldError(`${id}-fresh-fresh`, "Choose at least one key that opens the copy.");
      if (kind !== "whole" && !offered(open).some(({ marked }) => marked?.relevant === true)) throw new FieldError("", "Nothing is marked relevant yet, so the bundle would be empty.");
      await call("GET", `${desk.path}/free`, undefined, { cookies: true }); // refused, in the rule's words, to whoever has a connection or has not answered
      say("Putting it together and sealing it.");
      const file = kind === "whole" ? await wholeFile(desk.open, desk.installation) : redactedFile(desk.open, kind);
      const sealed = await seal(encode(file), recipients);
      const names = [...to.map(({ label }) => label), ...(others.length > 0 ? [`${others.length} other keys`] : []), ...(made === undefined ? [] : ["a key made for this file"])];
      say("Writing down in the case that a copy was made.");
      const words = `A copy was taken out: ${PURPOSES[kind]![0]}. It opens for: ${names.join(", ")}. SHA-256 of the file: ${hash(sealed)}.`;
      await perform(`${desk.path}/envelopes`, await noteForDesk(desk.open, words), desk.installation);
      await desk.catchUp();
      const name = fileName(desk.open, kind);
      saveFile(name, sealed);
      if (made !== undefined) saveFile(name.replace(/\.age$/, "-key.txt"), `# opens ${name}: upstander open ${name} --identity THIS-FILE --to A-NEW-FOLDER\n${made}\n`);
      say("");
      inside.append(h("p", { class: "band", role: "status" }, `Saved as ${name}. The case says that this copy was made, and for whom.`));
    },
    h("fieldset", { class: "field" }, h("legend", null, h("span", { class: "label" }, "What")), h("div", { class: "choices" }, kinds)),
    h("fieldset", { class: "field" }, h("legend", null, h("span", { class: "label" }, "For whom it opens")), h("div", { class: "choices" }, fresh, people)),
    h("div", { class: "field" }, h("label", { for: `${id}-keys` }, "Other keys"), h("p", { class: "hint", id: `${id}-keys-hint` }, "One a line, each begins with age1pq1. For a body that gave you its key in person."), keys),
  );
  form.querySelector("button[type=submit]")?.classList.add("other");
  const about = "The copy is sealed on this computer before it is saved. Once somebody has opened it, nothing here can take it back.";
  return h("details", null, h("summary", null, "Take a sealed copy out"), h("p", { class: "second small" }, about), form);
}

async function otherKeys(text: string, id: string): Promise<string[]> {
  const keys = text.split(/\s+/).filter((one) => one !== "");
  for (const key of keys) {
    try {
      await seal(utf8("try"), [key]);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      throw new FieldError(id, `This is not a key that begins with age1pq1: ${key.slice(0, 16)}…`);
    }
  }
  if (new Set(keys).size !== keys.length) throw new FormatError("A key is there twice.");
  return keys;
}

function choice(type: "radio" | "checkbox", name: string, value: string, label: string, hint: string): HTMLElement {
  const id = `${name}-${value}`;
  return h(
    "div",
    { class: "choice" },
    h("input", { type, name, id, value }),
    h("label", { for: id }, h("span", { class: "name" }, label), h("span", { class: "hint" }, hint)),
  );
}
