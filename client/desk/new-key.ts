// <upstander-new-key>: a new key, signed for by the old one, and every case sealed to it. Can be resumed.
import { FormatError, keyId } from "../lib/bytes.ts";
import { fill, h } from "../lib/dom.ts";
import { actForm, prefix } from "./form.ts";
import { keyring } from "./keyring.ts";
import { presentWrap } from "./own-key.ts";
import { getMe, keysOf, meta, tellDesk } from "./page.ts";
import type { Me } from "./page.ts";
import { letIn } from "./people.ts";
import { institutionCard, resealAll } from "./recover.ts";
import { wordsField, wordsIn } from "./words-field.ts";

const WORDS = { method: "words", passkey: { credential: "", salt: "" } } as const;
type Say = (text: string) => void;

class NewKey extends HTMLElement {
  connectedCallback(): void {
    const id = `${prefix()}-words`;
    const form = actForm(
      "Change the key",
      async (say, inside) => {
        const words = wordsIn(inside, id);
        const wrap = await presentWrap(words, id, say);
        const cases = await change(words, wrap, say);
        this.#done(cases);
      },
      wordsField(id),
    );
    fill(this, form);
  }

  #done(cases: number): void {
    const told = `${cases === 1 ? "1 case was" : `${cases} cases were`} sealed to it.`;
    const heading = h("h2", { tabindex: "-1" }, "Your key is changed");
    fill(
      this,
      heading,
      h("p", null, told),
      h("p", null, h("a", { href: "/desk/keys/" }, "Back to your key")),
    );
    heading.focus();
  }
}

/** The old key of a change that was broken off, or undefined when all places are with the present key. */
function unfinished(me: Me): string | undefined {
  return me.memberships.find(({ key }) => key !== me.key)?.key;
}

async function change(words: string[], wrap: Uint8Array, say: Say): Promise<number> {
  let me = await getMe();
  const old = unfinished(me) ?? me.key;
  if (old === null) throw new FormatError("You have no key yet.");
  if (old === me.key) me = await register(words, wrap, say);
  const now = me.keys.find(({ id }) => id === me.key);
  if (now === undefined) throw new FormatError("The new key is not there. Load the page again.");
  // The server says which key is the new one. It is hers if her words open it: nothing is sealed to another.
  if (keyId(now.sign, now.seal) !== now.id) throw new FormatError("The new key is not what it claims to be.");
  await openKey(me, now.id, wrap).catch(() => {
    throw new FormatError("The server names a new key that your words do not open. Nothing was sealed to it. Tell your colleagues.");
  });
  await openKey(me, old, wrap);
  const member = { key: now.id, seal: now.seal, sign: now.sign };
  for (const place of me.memberships.filter(({ key }) => key === old)) {
    say(`Signing for the new key on ${place.name}.`);
    await letIn(place.channel, member, place.sheet);
  }
  const by = { key: keyring.key, signer: keyring.signer() };
  const card = await institutionCard();
  const how = {
    open: (sealed: Uint8Array) => keyring.open(sealed),
    by,
    role: "handler",
    to: member,
    scopes: ["case", "sheet", "brief"],
    card,
  } as const;
  const { made } = await resealAll({ path: "/regrant", how, say });
  await openKey(me, now.id, wrap);
  return made;
}

async function register(words: string[], wrap: Uint8Array, say: Say): Promise<Me> {
  const { signer } = await keysOf(words, meta("person"), say);
  say("Making the new key.");
  const { seal, sign, wrapped } = await keyring.make([{ ...WORDS, wrap }]);
  return tellDesk<Me>("/keys", {
    seal,
    sign,
    words_key: signer.sign,
    wrapped: wrapped.map((one) => ({ ...one })),
  });
}

async function openKey(me: Me, key: string, wrap: Uint8Array): Promise<void> {
  const blob = me.wrapped.find((one) => one.key === key && one.method === "words");
  if (blob === undefined) throw new FormatError("One of your keys is not wrapped with your words.");
  await keyring.unlock(blob, wrap);
}

customElements.define("upstander-new-key", NewKey);
