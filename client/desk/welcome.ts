// <upstander-set-up>: the first key. Words first, then the key wrapped with them, then perhaps a passkey.
import { fill, focusHeading, h } from "../lib/dom.ts";
import { actForm, line, prefix, value } from "./form.ts";
import { keyring } from "./keyring.ts";
import { keysOf, loginStatement, meta, tellDesk } from "./page.ts";
import type { Me } from "./page.ts";
import { addPasskey, passkeysMissing } from "./passkey.ts";
import { showSlip } from "./words-slip.ts";

const WORDS = { method: "words", passkey: { credential: "", salt: "" } } as const;

class SetUp extends HTMLElement {
  connectedCallback(): void {
    showSlip(this, {
      title: "Seven words open your key",
      intro:
        "They sign you in and open your key on any device. We do not have them and cannot send them again. " +
        "Print this, or write the words on paper.",
      use: (words, say) => this.#make(words, say),
    });
  }

  async #make(words: string[], say: (text: string) => void): Promise<void> {
    const username = meta("person");
    const { wrap, signer } = await keysOf(words, username, say);
    say("Making your key.");
    const made = await keyring.make([{ ...WORDS, wrap }]);
    const body = {
      seal: made.seal,
      sign: made.sign,
      words_key: signer.sign,
      wrapped: made.wrapped.map((one) => ({ ...one })),
    };
    const me = await tellDesk<Me>("/keys", body);
    await keyring.unlock(made.wrapped[0]!, wrap);
    await tellDesk("/again", { statement: await loginStatement(username, signer) });
    this.#passkey(me, wrap);
  }

  #passkey(me: Me, wrap: Uint8Array): void {
    const missing = passkeysMissing();
    const done = h(
      "a",
      { class: missing === undefined ? "btn other" : "btn", href: "/desk/keys/" },
      missing === undefined ? "Not now" : "Go on",
    );
    const waits =
      "Your key works once a colleague on your channel has let it in. Go on to see what to read aloud.";
    if (missing !== undefined) {
      fill(
        this,
        h(
          "div",
          { class: "flow measure" },
          h("h1", null, "Your key is made"),
          h("p", null, waits),
          h("p", { class: "second" }, missing),
          h("div", { class: "acts" }, done),
        ),
      );
      return focusHeading(this);
    }
    const form = passkeyForm(async (name, say) => {
      const opens = await makePasskey(name, me, wrap, say);
      location.assign(`/desk/keys/${opens ? "" : "#pk"}`);
    });
    form.querySelector(".acts")?.append(done);
    const intro =
      "With a passkey you sign in by touch or PIN and type the words only when it fails. This is optional.";
    fill(
      this,
      h(
        "div",
        { class: "flow measure" },
        h("h1", null, "Your key is made"),
        h("p", null, waits),
        h("h2", null, "Add a passkey"),
        h("p", null, intro),
        form,
      ),
    );
    focusHeading(this);
  }
}

/** Asks for a name and makes the passkey. */
export function passkeyForm(
  act: (name: string, say: (text: string) => void, form: HTMLFormElement) => Promise<void>,
  ...more: Node[]
): HTMLFormElement {
  const id = `${prefix()}-name`;
  return actForm(
    "Add a passkey",
    (say, form) => act(value(form, id) || "Passkey", say, form),
    line(id, "What you call it", "For example: phone, or blue security key."),
    ...more,
  );
}

/** Makes a passkey and wraps every own key for it, if its authenticator can open keys. Answers whether it can. */
export async function makePasskey(
  name: string,
  me: Me,
  wrap: Uint8Array,
  say: (text: string) => void,
): Promise<boolean> {
  say("Your browser now asks for the passkey.");
  const prf = await addPasskey(name);
  if (prf === undefined) return false;
  say("Wrapping your key for it.");
  for (const blob of me.wrapped.filter(({ method }) => method === "words")) {
    const wrapped = await keyring.rewrap(blob, wrap, { method: "prf", ...prf });
    await tellDesk(`/keys/${blob.key}/wrapped`, { wrapped: { ...wrapped } });
  }
  return true;
}

customElements.define("upstander-set-up", SetUp);
