// <upstander-unlock> asks for words or a passkey while the key is closed; <upstander-key-state> says how it is.
import { h, fill } from "../lib/dom.ts";
import type { WrappedKey } from "../lib/wrapped.ts";
import { actForm, complain, complaint, FieldError, prefix } from "./form.ts";
import { keyring } from "./keyring.ts";
import { clock, getMe, keysOf, loginStatement, meta, tellDesk } from "./page.ts";
import type { Me } from "./page.ts";
import { passkeysMissing, proveWithPasskey } from "./passkey.ts";
import type { PrfKey } from "./passkey.ts";
import { wordsField, wordsIn } from "./words-field.ts";

/** The active key as it is wrapped in this way. */
export function wrappedFor(me: Me, method: "words" | "prf", credential = ""): WrappedKey | undefined {
  return me.wrapped.find(
    (blob) =>
      blob.key === me.key && blob.method === method && (method === "words" || blob.credential === credential),
  );
}

/** Opens the key with words; also proves to the server that the person is there. */
export async function unlockWithWords(
  words: string[],
  field: string,
  say: (text: string) => void,
): Promise<void> {
  const me = await getMe();
  const { wrap, signer } = await keysOf(words, me.username, say);
  const blob = wrappedFor(me, "words");
  if (blob === undefined) throw new FieldError(field, "You have no key yet.");
  try {
    await keyring.unlock(blob, wrap);
  } catch {
    throw new FieldError(field, "These words do not open your key. Check each of them.");
  }
  const statement = await loginStatement(me.username, signer);
  await tellDesk("/again", { statement });
}

/** Opens the key with what a passkey gave. Answers whether it could. */
export async function unlockWithPrf(prf: PrfKey | undefined): Promise<boolean> {
  if (prf === undefined) return false;
  const blob = wrappedFor(await getMe(), "prf", prf.passkey.credential);
  if (blob === undefined) return false;
  await keyring.unlock(blob, prf.wrap);
  return true;
}

class Unlock extends HTMLElement {
  #stop: (() => void) | undefined;

  connectedCallback(): void {
    this.#stop = keyring.onChange(() => this.#show());
    void keyring.ready().then(() => this.#show());
  }

  disconnectedCallback(): void {
    this.#stop?.();
  }

  #show(): void {
    const locked = keyring.state() === "locked";
    if (locked && this.childElementCount > 0) return;
    if (!locked) return fill(this);
    fill(this, lockedBox());
  }
}

function lockedBox(): HTMLElement {
  const id = `${prefix()}-words`;
  const form = actForm(
    "Open my key",
    async (say, inside) => {
      await unlockWithWords(wordsIn(inside, id), id, say);
    },
    wordsField(id),
  );
  const heading = h("h2", { id: `${id}-h` }, "Your key is closed");
  const box = h(
    "div",
    { class: "in flow" },
    heading,
    h("p", null, "What is sealed stays sealed until you open it."),
    form,
  );
  if (passkeysMissing() === undefined) form.querySelector(".acts")?.append(passkeyButton(form));
  return h(
    "section",
    { class: "letter unlock", "aria-labelledby": `${id}-h` },
    h("div", { class: "lining" }),
    box,
  );
}

function passkeyButton(form: HTMLFormElement): HTMLButtonElement {
  return h(
    "button",
    { class: "btn other", type: "button", onclick: () => void usePasskey(form) },
    "Use my passkey",
  );
}

async function usePasskey(form: HTMLFormElement): Promise<void> {
  try {
    const { prf } = await proveWithPasskey();
    if (await unlockWithPrf(prf)) return;
    complain(form, [
      { id: "", message: "This passkey signs you in but does not open your key. Type your words." },
    ]);
  } catch (error) {
    complain(form, [complaint(error)]);
  }
}

class KeyState extends HTMLElement {
  #stop: (() => void) | undefined;

  connectedCallback(): void {
    if (meta("person") === "") return;
    this.#stop = keyring.onChange(() => this.#show());
    void keyring.ready().then(() => this.#show());
  }

  disconnectedCallback(): void {
    this.#stop?.();
  }

  #show(): void {
    if (keyring.state() === "locked") {
      return fill(this, h("p", { class: "mykey" }, h("span", { class: "seal" }, "Your key is closed")));
    }
    const text = `Your key is open until ${clock(keyring.until())}`;
    const button = h(
      "button",
      { class: "btn other sm", type: "button", onclick: () => keyring.lock() },
      "Close it now",
    );
    fill(this, h("p", { class: "mykey" }, h("span", { class: "seal open" }, text)), button);
  }
}

customElements.define("upstander-unlock", Unlock);
customElements.define("upstander-key-state", KeyState);
