// <upstander-enrol>: a member signs a waiting key into her channel, after comparing it with the person.
import { keyId } from "../lib/bytes.ts";
import { FormatError } from "../lib/bytes.ts";
import { makeEnrol } from "../lib/card.ts";
import { fill, h } from "../lib/dom.ts";
import { actForm, FieldError, prefix } from "./form.ts";
import { keyring } from "./keyring.ts";
import { desk, tellDesk } from "./page.ts";

export interface WaitingKey {
  key: string;
  seal: string;
  sign: string;
  name: string;
  label: string;
  sheet: boolean;
  day: string;
}

export interface Waiting {
  channel: string;
  institution: string;
  day: string;
  waiting: WaitingKey[];
}

/** Signs this key into the channel with the open key, and sends the statement. */
export async function letIn(
  channel: string,
  member: { key: string; seal: string; sign: string },
  sheet: boolean,
): Promise<void> {
  if (keyId(member.sign, member.seal) !== member.key)
    throw new FormatError("This key is not the one that was compared.");
  const { day, institution } = await desk<Waiting>(`/channels/${channel}/waiting`);
  const enrol = await makeEnrol({ by: keyring.key, channel, day, institution, member }, keyring.signer());
  await tellDesk(`/channels/${channel}/members`, { key: member.key, enrol, sheet });
}

class Enrol extends HTMLElement {
  #stop: (() => void) | undefined;

  connectedCallback(): void {
    this.#stop = keyring.onChange(() => this.#show());
    void keyring.ready().then(() => this.#show());
  }

  disconnectedCallback(): void {
    this.#stop?.();
  }

  #show(): void {
    if (keyring.state() === "locked")
      return fill(this, h("p", { class: "second" }, "Open your key below to let this person in."));
    if (this.querySelector("form") !== null) return;
    fill(this, this.#form());
  }

  #form(): HTMLFormElement {
    const { channel = "", key = "", name = "" } = this.dataset;
    const id = prefix();
    const boxes = [checkbox(`${id}-heard`, `I heard these groups from ${name}, by voice or face to face`)];
    if (this.dataset["sheet"] !== undefined) {
      boxes.push(checkbox(`${id}-sheet`, "Also give source sheets, which could say who a reporter is"));
    }
    return actForm(
      "Let this key in",
      async (say, form) => {
        if (!isTicked(form, `${id}-heard`)) {
          throw new FieldError(`${id}-heard`, "Compare the groups with the person first, then tick this.");
        }
        say("Signing.");
        const { waiting } = await desk<Waiting>(`/channels/${channel}/waiting`);
        const found = waiting.find((one) => one.key === key);
        if (found === undefined)
          throw new FormatError("This key is not waiting any more. Load the page again.");
        await letIn(channel, found, isTicked(form, `${id}-sheet`));
        location.reload();
      },
      h("div", { class: "choices" }, boxes),
    );
  }
}

function checkbox(id: string, label: string): HTMLElement {
  return h(
    "div",
    { class: "choice" },
    h("input", { type: "checkbox", id }),
    h("label", { for: id }, h("span", { class: "name" }, label)),
  );
}

function isTicked(form: ParentNode, id: string): boolean {
  return form.querySelector<HTMLInputElement>(`#${id}`)?.checked === true;
}

customElements.define("upstander-enrol", Enrol);
