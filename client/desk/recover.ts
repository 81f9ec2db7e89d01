// <upstander-recover>: custodians type their paper shares, and a member is given the channel's cases again.
//
// The shares, the seed and the custodian's identity live in this page's memory only and go with it.
import { open as openAge } from "../lib/age.ts";
import { renumber } from "../lib/acts.ts";
import type { Built } from "../lib/acts.ts";
import { callJson, Problem } from "../lib/api.ts";
import type { Body } from "../lib/api.ts";
import { b64, FormatError, text, unb64 } from "../lib/bytes.ts";
import { readCard } from "../lib/card.ts";
import type { Card } from "../lib/card.ts";
import { fill, focusHeading, h } from "../lib/dom.ts";
import { opener } from "../lib/grant.ts";
import { recoverIdentity, shareFromText } from "../lib/shares.ts";
import { actForm, FieldError, line, prefix, value } from "./form.ts";
import { keyring } from "./keyring.ts";
import { desk, installation, meta, tellDesk } from "./page.ts";
import { checkPromises, reseal } from "./reseal.ts";
import type { CaseKeysPage, Resealing } from "./reseal.ts";
import { ShutOutError } from "./shut-out.ts";

interface Colleague {
  key: string;
  seal: string;
  name: string;
  sheet: boolean;
}

export async function institutionCard(): Promise<Card> {
  const { card } = await callJson<{ card: string }>(
    "GET",
    `/api/v1/i/${meta("institution")}/card`,
    undefined,
  );
  const found = readCard(card, meta("key"));
  if (found.institution !== meta("institution")) throw new FormatError("This is the card of another institution.");
  return found;
}

class Recover extends HTMLElement {
  readonly #id = prefix();

  connectedCallback(): void {
    const colleagues = this.#colleagues();
    const reason = this.querySelector("template")?.content.querySelector("[data-reason]") ?? null;
    void keyring.whenOpen().then(() => fill(this, this.#form(colleagues, reason)));
  }

  #colleagues(): Colleague[] {
    const listed = this.querySelector("template")?.content.querySelectorAll("span") ?? [];
    return [...listed].map((one) => ({
      key: one.dataset["key"] ?? "",
      seal: one.dataset["seal"] ?? "",
      name: one.textContent ?? "",
      sheet: one.dataset["sheet"] !== undefined,
    }));
  }

  #form(colleagues: readonly Colleague[], reason: Node | null): HTMLFormElement {
    const needs = Number(this.dataset["needs"] ?? "2");
    const shares = Array.from({ length: needs }, (_, index) =>
      line(
        `${this.#id}-share${index}`,
        `Share ${index + 1} of ${needs}`,
        index === 0 ? "It begins with us1. Capitals, spaces and hyphens do not matter." : "",
      ),
    );
    return actForm(
      "Bring the cases back",
      (say, form) => this.#recover(form, say, colleagues),
      who(this.#id, colleagues),
      reason,
      ...shares,
    );
  }

  async #recover(
    form: HTMLFormElement,
    say: (text: string) => void,
    colleagues: readonly Colleague[],
  ): Promise<void> {
    const { channel = "", custodian = "" } = this.dataset;
    const chosen = form.querySelector<HTMLInputElement>(`input[name="${this.#id}-who"]:checked`)?.value;
    const to = colleagues.find(({ key }) => key === chosen);
    if (to === undefined) throw new FieldError(`${this.#id}-who0`, "Choose who is to have the cases.");
    const reason = value(form, "why");
    if (reason === "") throw new FieldError("why", "Choose why the cases are opened.");
    say("Putting the shares together.");
    const identity = await this.#identity(form);
    const card = await institutionCard();
    checkOnCard(card, channel, to);
    const { sealed } = await tellDesk<{ sealed: string }>(`/recover/${channel}/proof`, { custodian });
    const token = text(await openAge(unb64(sealed), identity));
    const by = { key: keyring.key, signer: keyring.signer() };
    const scopes = to.sheet ? (["case", "sheet", "brief"] as const) : (["case", "brief"] as const);
    const how: Resealing = { open: opener(identity), by, role: "custodian", to, scopes, card };
    const done = await resealAll({ path: `/recover/${channel}`, token, reason, how, say });
    this.#done(done, to.name);
  }

  async #identity(form: HTMLFormElement): Promise<string> {
    const needs = Number(this.dataset["needs"] ?? "2");
    const shares = Array.from({ length: needs }, (_, index) => {
      const id = `${this.#id}-share${index}`;
      try {
        return shareFromText(value(form, id));
      } catch (error) {
        throw new FieldError(id, error instanceof Error ? error.message : "This is not a share.");
      }
    });
    if (new Set(shares.map(b64)).size !== shares.length) {
      throw new FieldError(
        `${this.#id}-share1`,
        "The same share was typed twice. Each person has another one.",
      );
    }
    return recoverIdentity(shares, this.dataset["seal"] ?? "");
  }

  #done({ made, left }: Done, name: string): void {
    const cases = made === 1 ? "1 case is" : `${made} cases are`;
    const told = [h("p", null, `${cases} sealed to ${name} as well. Each has a line in the log.`)];
    if (left > 0)
      told.push(
        h(
          "p",
          null,
          `${left} were left: this person holds them already, or the reporter shut this person out.`,
        ),
      );
    fill(
      this,
      h("h2", null, "The cases are back"),
      told,
      h("p", null, "Leave this page now. It has nothing stored, and the shares go with it."),
      h("p", null, h("a", { href: "/desk/" }, "To the cases")),
    );
    this.querySelector("h2")?.setAttribute("tabindex", "-1");
    this.querySelector("h2")?.focus();
    focusHeading(this);
  }
}

function who(id: string, colleagues: readonly Colleague[]): HTMLElement {
  const rows = colleagues.map(({ key, name }, index) =>
    h(
      "div",
      { class: "choice" },
      h("input", { type: "radio", name: `${id}-who`, id: `${id}-who${index}`, value: key }),
      h("label", { for: `${id}-who${index}` }, h("span", { class: "name" }, name)),
    ),
  );
  return h(
    "fieldset",
    { class: "field" },
    h("legend", null, h("span", { class: "label" }, "Who is to have the cases")),
    h("div", { class: "choices" }, rows),
  );
}

// The page's list comes from the server; the card was signed. Only a key on the card is sealed to.
function checkOnCard(card: Card, channel: string, to: Colleague): void {
  const members = card.channels.find(({ id }) => id === channel)?.members ?? [];
  const right = members.some(
    ({ key, seal, state }) => key === to.key && seal === to.seal && state === "active",
  );
  if (!right) throw new FormatError("This key is not on the signed list. Nothing was sealed to it.");
}

export interface Done {
  made: number;
  left: number;
}

export interface Batch {
  path: string;
  token?: string;
  reason?: string; // of cases opened with paper shares
  how: Resealing;
  say(text: string): void;
}

/** Goes through all cases a page at a time, seals each to the new holder and checks every promise. */
export async function resealAll({ path, token, reason, how, say }: Batch): Promise<Done> {
  let made = 0;
  let left = 0;
  for (let after = ""; ;) {
    const where = { path, token, reason, after };
    const page = await pageOf(where);
    const sent: Built[] = [];
    for (const found of page.cases) {
      const sealed = found.may.includes(how.to.key) ? await unlessShutOut(reseal(found, how)) : undefined;
      if (sealed === undefined) left += 1;
      else sent.push(sealed);
      say(`Sealing, case ${made + left + sent.length}.`);
    }
    if (sent.length > 0) {
      checkPromises(await sendBatch(where, sent, how.to.key), sent, installation());
      made += sent.length;
    }
    if (page.next === "") return { made, left };
    after = page.next;
  }
}

interface Where {
  path: string;
  token: string | undefined;
  reason: string | undefined;
  after: string;
}

function pageOf({ path, token, after }: Where): Promise<CaseKeysPage> {
  return call<CaseKeysPage>("GET", `${path}?after=${encodeURIComponent(after)}`, undefined, token);
}

const TRIES = 5;

// When colleagues act in one of the cases meanwhile, those that are still to do take the numbers that are free. What
// was done before that is sent again as it was, and answers its first promise.
async function sendBatch(where: Where, sent: readonly Built[], to: string): Promise<string[]> {
  for (let tries = 1; ; tries++) {
    try {
      const cases = sent.map((one) => one.body);
      const body: Body = where.reason === undefined ? { cases } : { cases, reason: where.reason };
      return (await call<{ promises: string[] }>("POST", where.path, body, where.token)).promises;
    } catch (error) {
      if (tries >= TRIES || !(error instanceof Problem) || error.type !== "act-number") throw error;
      const { cases } = await pageOf(where);
      for (const built of sent) {
        const now = cases.find((one) => one.case === built.body["case"] && one.may.includes(to));
        if (now !== undefined && now.number !== built.act.number) renumber(built, now.number);
      }
    }
  }
}

// Whoever lists the cases may keep silent about it; the report does not.
async function unlessShutOut(sealing: Promise<Built>): Promise<Built | undefined> {
  try {
    return await sealing;
  } catch (error) {
    if (error instanceof ShutOutError) return undefined;
    throw error;
  }
}

function call<T>(method: "GET" | "POST", path: string, body: Body, token?: string): Promise<T> {
  if (token === undefined) return method === "GET" ? desk<T>(path) : tellDesk<T>(path, body as never);
  return callJson<T>(method, `/api/v1/desk${path}`, body, { cookies: true, token, timeout: 120_000 });
}

customElements.define("upstander-recover", Recover);
