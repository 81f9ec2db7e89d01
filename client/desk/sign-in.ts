// <upstander-sign-in>: passkey or words. <upstander-again>: the same, for somebody who is signed in.
import { fill, h } from "../lib/dom.ts";
import { actForm, complain, complaint, FieldError, line, prefix, value } from "./form.ts";
import { keyring } from "./keyring.ts";
import { getMe, keysOf, loginStatement, meta, tellDesk } from "./page.ts";
import { passkeysMissing, proveWithPasskey, signInWithPasskey } from "./passkey.ts";
import { unlockWithPrf, unlockWithWords, wrappedFor } from "./unlock.ts";
import { wordsField, wordsIn } from "./words-field.ts";

class SignIn extends HTMLElement {
  connectedCallback(): void {
    const next = this.dataset["next"] ?? "/desk/";
    const id = prefix();
    const words = actForm(
      "Sign in with words",
      async (say, form) => {
        const username = value(form, `${id}-name`).toLowerCase();
        if (username === "") throw new FieldError(`${id}-name`, "Type your user name.");
        await signInWithWords(username, wordsIn(form, `${id}-words`), next, say);
      },
      line(`${id}-name`, "User name", "", { class: "w-short", autocomplete: "username" }),
      wordsField(`${id}-words`),
    );
    fill(
      this,
      passkeyForm("Sign in with a passkey", signInWithPasskey, next),
      h("h2", null, "With your seven words"),
      words,
    );
  }
}

class Again extends HTMLElement {
  connectedCallback(): void {
    const next = this.dataset["next"] ?? "/desk/";
    const id = `${prefix()}-words`;
    const words = actForm(
      "Go on",
      async (say, form) => {
        await prove(wordsIn(form, id), id, say);
        go(next);
      },
      wordsField(id),
    );
    fill(
      this,
      passkeyForm("Use a passkey", proveWithPasskey, next),
      h("h2", null, "With your seven words"),
      words,
    );
  }
}

async function signInWithWords(
  username: string,
  words: string[],
  next: string,
  say: (text: string) => void,
): Promise<void> {
  const { wrap, signer } = await keysOf(words, username, say);
  const statement = await loginStatement(username, signer);
  const answer = await tellDesk<{ next: string }>("/sign-in", { username, statement });
  if (answer.next !== "/desk/") return go(answer.next); // the second step: the key is opened afterwards
  const me = await getMe();
  const blob = wrappedFor(me, "words");
  if (blob !== undefined) await keyring.unlock(blob, wrap).catch(() => undefined);
  go(next);
}

/** Somebody with a key opens it in the same go; somebody without one only proves who she is. */
async function prove(words: string[], id: string, say: (text: string) => void): Promise<void> {
  const me = await getMe();
  if (me.key !== null) return unlockWithWords(words, id, say);
  const { signer } = await keysOf(words, meta("person"), say);
  await tellDesk("/again", { statement: await loginStatement(me.username, signer) });
}

function passkeyForm(label: string, use: typeof signInWithPasskey, next: string): HTMLElement {
  const missing = passkeysMissing();
  const heading = h("h2", null, "With a passkey");
  if (missing !== undefined)
    return h("section", { class: "flow" }, heading, h("p", { class: "second" }, missing));
  const form = actForm(label, async () => {
    const { prf } = await use();
    await unlockWithPrf(prf).catch((error: unknown) => complain(form, [complaint(error)]));
    go(next);
  });
  return h("section", { class: "flow" }, heading, form);
}

function go(address: string): void {
  location.assign(/^\/(?!\/)/.test(address) ? address : "/desk/");
}

customElements.define("upstander-sign-in", SignIn);
customElements.define("upstander-again", Again);
