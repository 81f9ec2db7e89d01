// <upstander-comment>: an overseer writes to those who hold a case; and what they see of it in the case's file.
import { b64, newId, unb64 } from "../lib/bytes.ts";
import { fill, h } from "../lib/dom.ts";
import { textParts } from "../desk/conversation.ts";
import { actForm, complaint, FieldError, prefix } from "../desk/form.ts";
import { area, quiet } from "../desk/compose.ts";
import { keyring } from "../desk/keyring.ts";
import { desk as ask, tellDesk } from "../desk/page.ts";
import { dayWords } from "../desk/reading.ts";
import { institutionCard } from "../desk/recover.ts";
import { readComment, readersOf, sealComment } from "./comment.ts";
import type { Listed } from "./comment.ts";

class CommentOnCase extends HTMLElement {
  connectedCallback(): void {
    keyring.onChange(() => void this.#follow());
    void keyring.ready().then(() => this.#follow());
  }

  async #follow(): Promise<void> {
    if (keyring.state() === "locked") return fill(this, h("p", { class: "second" }, "Open your key above to write: what you write is sealed on this computer."));
    if (this.querySelector("form") !== null) return;
    try {
      const { case: of = "" } = this.dataset;
      const [{ keys, due }, card] = await Promise.all([ask<{ keys: string[]; due: string }>(`/oversight/cases/${of}/readers`), institutionCard()]);
      const to = readersOf(card, keys);
      if (to.length === 0) return fill(this, h("p", { class: "second" }, "Nobody on the signed list holds this case."));
      fill(this, this.#form(of, to, due));
    } catch (error) {
      fill(this, h("p", { class: "err", role: "alert" }, complaint(error).message));
    }
  }

  #form(of: string, to: ReturnType<typeof readersOf>, due: string): HTMLElement {
    const id = `${prefix()}-text`;
    const hint = `Sealed to ${to.map(({ label }) => label).join(", ")}. The log says that you wrote, and not what. They have to answer by ${dayWords(due)}.`;
    const form = actForm(
      "Seal and send",
      async (say, inside) => {
        const words = inside.querySelector<HTMLTextAreaElement>("textarea")?.value.trim() ?? "";
        if (words === "") throw new FieldError(id, "Write something first.");
        const own = newId();
        say("Sealing.");
        const sealed = await sealComment(words, { id: own, case: of, day: this.dataset["today"] ?? "" }, to, { key: keyring.key, signer: keyring.signer() });
        await tellDesk(`/oversight/cases/${of}/comments`, { id: own, to: to.map(({ key }) => key), sealed: b64(sealed) });
        location.reload();
      },
      area(id, "What you write", hint),
    );
    return quiet(form);
  }
}

/** Fills the places that wait for what overseers wrote about this case. */
export async function showComments(page: ParentNode, of: string): Promise<void> {
  const places = [...page.querySelectorAll<HTMLElement>("[data-comment]")];
  if (places.length === 0) return;
  try {
    const { comments } = await ask<{ comments: Listed[] }>(`/cases/${of}/comments`);
    for (const place of places) {
      const listed = comments.find(({ id }) => id === place.dataset["comment"]);
      if (listed !== undefined) fill(place, await opened(listed, of));
    }
  } catch (error) {
    for (const place of places) fill(place, h("p", { class: "err" }, complaint(error).message));
  }
}

async function opened(listed: Listed, of: string): Promise<HTMLElement[]> {
  try {
    const { text } = readComment(await keyring.open(unb64(listed.sealed)), listed, of, keyring.key);
    return [...textParts(text), h("p", { class: "second small" }, `Signed with a key that the server says is ${listed.name}’s: an overseer is on no signed list.`)];
  } catch {
    return [h("p", { class: "doubt" }, "It does not open with your key: it was written before you held this case, or to another key. Ask a colleague who held it then.")];
  }
}

customElements.define("upstander-comment", CommentOnCase);
