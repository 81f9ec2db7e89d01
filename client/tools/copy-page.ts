// <upstander-copy>: an overseer opens the redacted copy of a drawn case. Each time is written down.
import { unb64 } from "../lib/bytes.ts";
import { fill, h } from "../lib/dom.ts";
import { textParts } from "../desk/conversation.ts";
import { complaint } from "../desk/form.ts";
import { keyring } from "../desk/keyring.ts";
import { tellDesk } from "../desk/page.ts";
import { dayWords } from "../desk/reading.ts";
import { institutionCard } from "../desk/recover.ts";
import { readCopy } from "./copy.ts";

class CopyOfCase extends HTMLElement {
  connectedCallback(): void {
    keyring.onChange(() => this.#follow());
    void keyring.ready().then(() => this.#follow());
  }

  #follow(): void {
    if (keyring.state() === "locked") return fill(this, "Open your key above to read it.");
    if (this.querySelector("article, button") !== null) return;
    const { number = "" } = this.dataset;
    fill(this, h("button", { class: "btn other sm", type: "button", onclick: () => void this.#open() }, "Open the copy", h("span", { class: "vh" }, ` of case ${number}`)));
  }

  async #open(): Promise<void> {
    const { drawn = "", case: of = "", number = "" } = this.dataset;
    try {
      const [{ sealed }, card] = await Promise.all([tellDesk<{ sealed: string }>(`/oversight/copies/${drawn}/open`, {}), institutionCard()]);
      const copy = readCopy(await keyring.open(unb64(sealed)), { drawn, case: of }, keyring.key, card);
      const heading = h("h2", { tabindex: "-1" }, `Case ${number}`);
      fill(this, h("article", { class: "letter" }, h("div", { class: "in flow" }, heading, h("p", { class: "second small" }, `Written for you by ${copy.by}, ${dayWords(copy.day)}. What is not in it was left out to protect the source.`), textParts(copy.text))));
      heading.focus();
    } catch (error) {
      fill(this, h("p", { class: "err", role: "alert" }, complaint(error).message));
    }
  }
}

customElements.define("upstander-copy", CopyOfCase);
