// <upstander-linked>: reports that name one person, as `upstander open --keepers` wrote them down for this handler.
// The file is opened here and sent nowhere. What the server gets are codes, counts and sealed reasons.
import { newIdentity, recipientOf } from "../lib/age.ts";
import { b64, newId, unb64 } from "../lib/bytes.ts";
import { decode, encode } from "../lib/canonical.ts";
import type { JsonObject } from "../lib/canonical.ts";
import { fill, h } from "../lib/dom.ts";
import { pad } from "../lib/padding.ts";
import { asObject, asText, exactly } from "../lib/shape.ts";
import { actForm, FieldError, prefix } from "../desk/form.ts";
import { keyring } from "../desk/keyring.ts";
import { desk, tellDesk } from "../desk/page.ts";
import { institutionCard } from "../desk/recover.ts";
import { askedNow, inCommon, MARKS, readLinked, recipients, unpadded } from "./linked-group.ts";
import type { Group } from "./linked-group.ts";

interface Mark {
  by: string;
  code: string;
  day: string;
  group: string;
  reports: number;
  sealed: string;
}

class Linked extends HTMLElement {
  readonly #channel = this.dataset["channel"] ?? "";
  #groups: Group[] = [];
  #cases: JsonObject = {};
  #marks: Mark[] = [];

  connectedCallback(): void {
    void keyring.whenOpen().then(() => this.#ask());
  }

  #ask(): void {
    const id = prefix();
    const open = async (_: unknown, form: HTMLFormElement): Promise<void> => {
      const file = form.querySelector<HTMLInputElement>(`#${id}`)?.files?.[0];
      if (file === undefined) throw new FieldError(id, "Choose the file linked.age.");
      const opened = await keyring.open(new Uint8Array(await file.arrayBuffer())).catch(() => {
        throw new FieldError(id, "This file does not open with your key.");
      });
      ({ groups: this.#groups, cases: this.#cases } = readLinked(opened));
      await this.#show();
    };
    const field = h(
      "div",
      { class: "field" },
      h("label", { for: id }, "The file linked.age"),
      h("input", { type: "file", id, accept: ".age" }),
    );
    fill(this, actForm("Open it here", open, field));
  }

  async #show(): Promise<void> {
    const path = `/channels/${this.#channel}/marks?group=`;
    this.#marks = (await Promise.all(this.#groups.map(({ id }) => desk<{ marks: Mark[] }>(path + id)))).flatMap(({ marks }) => marks);
    const groups = await Promise.all(this.#groups.map((group, i) => this.#group(group, i + 1)));
    fill(this, ...groups);
  }

  async #group(group: Group, number: number): Promise<HTMLElement> {
    const marks = this.#marks.filter((one) => one.group === group.id);
    const lines = await Promise.all(marks.map((one) => this.#line(one)));
    const reports = group.reports.map((one) => {
      const theCase = this.#cases[one];
      const name = one.slice(0, 12);
      return h("li", null, typeof theCase === "string" ? `${name}, case ${theCase.slice(0, 6)}` : name);
    });
    return h(
      "section",
      { class: "flow measure", "aria-labelledby": `group-${number}` },
      h("h2", { id: `group-${number}` }, `Group ${number}: ${group.reports.length} reports`),
      h("ul", { class: "ticks" }, ...inCommon(group).map((one) => h("li", null, one))),
      h("details", { class: "more" }, h("summary", null, "Which reports"), h("ul", { class: "ticks" }, ...reports)),
      ...(lines.length > 0 ? [h("h3", null, "Said so far"), h("ul", { class: "ticks" }, ...lines)] : []),
      this.#form(group, marks.map(({ code }) => code)),
    );
  }

  async #line(mark: Mark): Promise<HTMLElement> {
    const why = await keyring
      .open(unb64(mark.sealed))
      .then((opened) => asText(exactly(asObject(decode(unpadded(opened))), ["reports", "text"])["text"]))
      .catch(() => "The reasons are sealed to other people.");
    return h("li", null, `${MARKS[mark.code] ?? "Something this page has no words for was said."} ${mark.by}, ${dayInWords(mark.day)}. `, h("span", { class: "second" }, why));
  }

  #form(group: Group, said: readonly string[]): HTMLFormElement {
    const id = prefix();
    const { question, codes } = askedNow(said);
    const choice = (code: string): HTMLElement =>
      h(
        "div",
        { class: "choice" },
        h("input", { type: "radio", name: id, id: `${id}-${code}`, value: code }),
        h("label", { for: `${id}-${code}` }, MARKS[code]!),
      );
    const legend = h("legend", null, h("h3", null, question));
    const asked = h("fieldset", { class: "field" }, legend, h("div", { class: "choices" }, ...codes.map(choice)));
    const why = h(
      "div",
      { class: "field" },
      h("label", { for: `${id}-why` }, "Which of them, and why"),
      h("p", { class: "hint" }, "Sealed to those on this channel who can open every one of these reports."),
      h("textarea", { id: `${id}-why`, rows: "3" }),
    );
    return actForm("Say it", (say, form) => this.#mark(group, id, form, say), asked, why);
  }

  async #mark(group: Group, id: string, form: HTMLFormElement, say: (text: string) => void): Promise<void> {
    const code = form.querySelector<HTMLInputElement>(`input[name="${id}"]:checked`)?.value;
    const why = form.querySelector<HTMLTextAreaElement>(`#${id}-why`)?.value.trim() ?? "";
    if (code === undefined) throw new FieldError("", "Choose an answer.");
    if (why === "") throw new FieldError(`${id}-why`, "Say which, and why: somebody will ask later.");
    say("Sealing your reasons.");
    const card = await institutionCard();
    const channel = card.channels.find((one) => one.id === this.#channel);
    const active = channel?.members.filter(({ state }) => state === "active") ?? [];
    const me = (await desk<{ key: string }>("/me")).key;
    const body = pad(encode({ reports: [...group.reports], text: why }));
    const sealed = await keyring.seal(body, await recipients(active, me, group, async () => recipientOf(await newIdentity())));
    const act = newId();
    await tellDesk(`/channels/${this.#channel}/marks`, {
      act,
      code,
      group: group.id,
      reports: group.reports.length,
      sealed: b64(sealed),
    });
    await this.#show();
  }
}

function dayInWords(day: string): string {
  const options = { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" } as const;
  return new Date(`${day}T12:00:00Z`).toLocaleDateString("en-GB", options);
}

customElements.define("upstander-linked", Linked);
