// <upstander-brief>: an investigator reads the version she was given and writes notes beside it.
import type { JsonObject } from "../lib/canonical.ts";
import { fill, h } from "../lib/dom.ts";
import { noteInBrief, recordFacts } from "../desk/builders.ts";
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
import { nameText, questionForm } from "./declaring.ts";
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
      const open = await openBrief(asCase(told), told.number, card, keyring);
      if (told.declare.length > 0) this.#ask(open, told);
      else this.#show(open);
    } catch (error) {
      if (keyring.state() !== "locked") fill(this, h("p", { class: "doubt", role: "alert" }, complaint(error).message));
    }
  }

  // Whom it is about, and the questions; the server gives nothing else until they are answered.
  #ask(open: OpenCase, told: BriefAnswer): void {
    const again = told.again ? h("p", null, "Somebody was added since you answered, so you are asked again. It takes a moment.") : null;
    if (told.waits) return fill(this, again, h("p", { class: "band" }, "Who this is about is not written down for you yet. Those who hold the case see that you wait: come back later."));
    const send = async (fact: JsonObject): Promise<void> => {
      await perform(`/api/v1/desk${this.#path}/declaration`, await recordFacts(open, [{ fact, words: "" }]), installation());
      location.assign(fact["outcome"] === "stays" ? location.pathname : "/desk/briefs/?done=stepped-back");
    };
    fill(this, h("div", { class: "flow measure" }, again, h("h2", null, "Who it is about"), nameText(open, told.names), ...questionForm(told.declare, send)));
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
