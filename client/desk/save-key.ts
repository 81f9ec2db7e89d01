// <upstander-save-key>: a handler's wrapped key in a file of her own, for `upstander open --keepers` on a day when
// there is no server. Her words open it, and nothing else does; the server has had the same bytes all along.
import { fill, h } from "../lib/dom.ts";
import { saveFile } from "../lib/save.ts";
import { savedKey } from "../lib/wrapped.ts";
import { getMe } from "./page.ts";
import { wrappedFor } from "./unlock.ts";

class SaveKey extends HTMLElement {
  connectedCallback(): void {
    const save = h("button", { class: "btn other sm", type: "button", onclick: () => void this.#save() }, "Save your key");
    fill(this, h("p", null, save));
  }

  async #save(): Promise<void> {
    const me = await getMe();
    const wrapped = wrappedFor(me, "words");
    if (wrapped !== undefined) return saveFile("upstander-key.json", savedKey(wrapped, me.installation, me.username));
    fill(this, h("p", { class: "band" }, "No words open your key yet. Replace your words first, then save it."));
  }
}

customElements.define("upstander-save-key", SaveKey);
