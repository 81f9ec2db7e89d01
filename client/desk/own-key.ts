// <upstander-new-passkey>, <upstander-new-words>: more and other ways to open a key one already has.
import { FormatError } from "../lib/bytes.ts";
import { fill, focusHeading, h } from "../lib/dom.ts";
import { actForm, FieldError, prefix } from "./form.ts";
import { keyring } from "./keyring.ts";
import { getMe, keysOf, meta, tellDesk } from "./page.ts";
import { passkeysMissing } from "./passkey.ts";
import { wrappedFor } from "./unlock.ts";
import { makePasskey, passkeyForm } from "./welcome.ts";
import { wordsField, wordsIn } from "./words-field.ts";
import { showSlip } from "./words-slip.ts";

const WORDS = { method: "words", passkey: { credential: "", salt: "" } } as const;

/** The wrapping key behind the present words; throws unless they open the key. Leaves the key open. */
export async function presentWrap(
  words: string[],
  field: string,
  say: (text: string) => void,
): Promise<Uint8Array> {
  const me = await getMe();
  const { wrap } = await keysOf(words, meta("person"), say);
  const blob = wrappedFor(me, "words");
  if (blob === undefined) throw new FormatError("You have no key yet.");
  await keyring.unlock(blob, wrap).catch(() => {
    throw new FieldError(field, "These words do not open your key. Check each of them.");
  });
  return wrap;
}

class NewPasskey extends HTMLElement {
  connectedCallback(): void {
    const missing = passkeysMissing();
    if (missing !== undefined) return fill(this, h("p", { class: "band" }, missing));
    const id = `${prefix()}-words`;
    const form = passkeyForm(
      async (name, say, inside) => {
        const wrap = await presentWrap(wordsIn(inside, id), id, say);
        const opens = await makePasskey(name, await getMe(), wrap, say);
        this.#done(opens);
      },
      wordsField(id, "Your seven words, so that the passkey can open your key too"),
    );
    fill(this, form);
  }

  #done(opens: boolean): void {
    const told = opens
      ? "It signs you in and opens your key."
      : "It signs you in. This device cannot open keys with it, so you still type your words for that.";
    fill(
      this,
      h("h2", { tabindex: "-1" }, "The passkey is added"),
      h("p", null, told),
      h("p", null, h("a", { href: "/desk/keys/" }, "Back to your key")),
    );
    this.querySelector("h2")?.focus();
  }
}

class NewWords extends HTMLElement {
  connectedCallback(): void {
    const id = `${prefix()}-old`;
    const form = actForm(
      "Go on",
      async (say, inside) => {
        const old = await presentWrap(wordsIn(inside, id), id, say);
        this.#slip(old);
      },
      wordsField(id, "Your present seven words"),
    );
    const intro = "You get seven new ones. The present ones stop working at once, everywhere.";
    fill(
      this,
      h("div", { class: "flow measure" }, h("h1", null, "Replace your words"), h("p", null, intro), form),
    );
  }

  #slip(old: Uint8Array): void {
    showSlip(this, {
      title: "Your new words",
      intro: "The present words work until you have typed these back.",
      use: async (words, say) => {
        const { wrap, signer } = await keysOf(words, meta("person"), say);
        const me = await getMe();
        const blobs = me.wrapped.filter(({ method }) => method === "words");
        const wrapped = await Promise.all(blobs.map((blob) => keyring.rewrap(blob, old, { ...WORDS, wrap })));
        await tellDesk("/words", { words_key: signer.sign, wrapped: wrapped.map((one) => ({ ...one })) });
        const told = "Destroy the paper with the old ones.";
        fill(
          this,
          h(
            "div",
            { class: "flow measure" },
            h("h1", null, "Your words are replaced"),
            h("p", null, told),
            h("p", null, h("a", { href: "/desk/keys/" }, "Back to your key")),
          ),
        );
        focusHeading(this);
      },
    });
  }
}

customElements.define("upstander-new-passkey", NewPasskey);
customElements.define("upstander-new-words", NewWords);
