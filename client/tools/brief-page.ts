// <upstander-brief>: an investigator reads the version she was given and writes notes beside it.
import type { JsonObject } from "../lib/canonical.ts";
import { fill, h } from "../lib/dom.ts";
import { noteInBrief } from "../desk/builders.ts";
import { area, textOf } from "../desk/compose.ts";
import { actForm, complaint, prefix } from "../desk/form.ts";
import { keyring } from "../desk/keyring.ts";
import { openBrief } from "../desk/opened.ts";
import type { OpenCase } from "../desk/opened.ts";
import { desk, installation } from "../desk/page.ts";
import { perform } from "../desk/perform.ts";
import { institutionCard } from "../desk/recover.ts";
import { asCase, briefTexts } from "./brief.ts";
import type { BriefAnswer } from "./brief.ts";
import { briefList } from "./brief-form.ts";
import { evidencePart } from "./evidence-form.ts";

class BriefPage extends HTMLElement {
  connectedCallback(): void {
    document.getElementById("done")?.focus();
    keyring.onChange(() => {
      if (keyring.state() === "locked") fill(this, h("p", null, "Your key is closed."));
      else void this.#open();
    });
    void keyring.whenOpen().then(() => this.#open());
  }

  get #path(): string {
    return `/briefs/${this.dataset["case"] ?? ""}`;
  }

  async #open(): Promise<void> {
    try {
      const [told, card] = await Promise.all([desk<BriefAnswer>(this.#path), institutionCard()]);
      this.#show(await openBrief(asCase(told), told.number, card, keyring));
    } catch (error) {
      if (keyring.state() !== "locked") fill(this, h("p", { class: "doubt", role: "alert" }, complaint(error).message));
    }
  }

  #show(open: OpenCase): void {
    const id = `${prefix()}-text`;
    const form = actForm(
      "Seal the note",
      async (say, inside) => {
        say("Sealing.");
        const built = await noteInBrief(open, "work", textOf(inside, id));
        await perform(`/api/v1/desk${this.#path}/envelopes`, built, installation());
        location.assign(`${location.pathname}?done=work`);
      },
      area(id, "Note", "Who holds this version, or the case, can read it."),
    );
    const keep = async (text: string, entry: { format: string; entry: JsonObject }): Promise<void> => {
      await perform(`/api/v1/desk${this.#path}/envelopes`, await noteInBrief(open, "work", text, entry), installation());
      location.assign(`${location.pathname}?done=work`);
    };
    const evidence = [h("h2", null, "Evidence"), ...evidencePart({ open, keep })];
    fill(this, h("div", { class: "flow" }, h("h2", null, "What was given to you"), briefList(briefTexts(open)), evidence, h("h2", null, "Your notes"), form));
  }
}

customElements.define("upstander-brief", BriefPage);
