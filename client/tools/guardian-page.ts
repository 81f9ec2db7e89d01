// <upstander-guardian>: opens whom she looks after, and matches a list from human resources in this page.
import { FormatError, unb64 } from "../lib/bytes.ts";
import type { Card } from "../lib/card.ts";
import { fill, h } from "../lib/dom.ts";
import { complaint } from "../desk/form.ts";
import { keyring } from "../desk/keyring.ts";
import { desk, tellDesk } from "../desk/page.ts";
import { dayWords } from "../desk/reading.ts";
import { institutionCard } from "../desk/recover.ts";
import { matches } from "./adverse.ts";
import type { By, Match, Watched } from "./adverse.ts";
import { deskPack } from "./desk-pack.ts";
import type { DeskPack } from "./desk-pack.ts";
import { printOnly } from "./print.ts";
import { readTable } from "./table-file.ts";
import { readWatched } from "./watched.ts";

const LARGEST = 20 * 1024 * 1024; // bytes of a list
const BY: Readonly<Record<By, string>> = { number: "same number", email: "same address", name: "same name", perhaps: "perhaps: name and initial" };

class GuardianPage extends HTMLElement {
  #watched: Watched[] = [];
  readonly #found = h("div", { class: "flow", role: "status" });

  connectedCallback(): void {
    keyring.onChange(() => {
      if (keyring.state() === "locked") this.#forget();
    });
    void keyring.whenOpen().then(() => this.#open());
  }

  #forget(): void {
    this.#watched = [];
    this.#found.replaceChildren();
    fill(this, h("p", null, "Your key is closed. The list and what was found in it are gone from this page."));
  }

  async #open(): Promise<void> {
    try {
      const [{ watched }, card, pack] = await Promise.all([desk<{ watched: { id: string; sealed: string }[] }>("/guardian"), institutionCard(), deskPack()]);
      const broken: string[] = [];
      for (const { id, sealed } of watched) {
        try {
          this.#watched.push(await opened(id, sealed, card));
        } catch (error) {
          if (!(error instanceof FormatError)) throw error;
          broken.push(error.message);
        }
      }
      this.#show(pack, broken);
    } catch (error) {
      if (keyring.state() !== "locked") fill(this, h("p", { class: "doubt", role: "alert" }, complaint(error).message));
    }
  }

  #show(pack: DeskPack, broken: readonly string[]): void {
    const doubts = broken.map((message) => h("p", { class: "doubt" }, message));
    if (this.#watched.length === 0) return fill(this, doubts, h("section", { class: "empty" }, h("h2", null, "You look after nobody yet"), h("p", null, "When those who took a report ask you, with her consent, to look after somebody, her name stands here, and a place to open a list.")));
    const rows = this.#watched.map((one) => h("div", null, h("dt", { dir: "auto" }, one.name), h("dd", null, `Case ${one.case}, reported ${dayWords(one.reported)}. `, this.#dropButton(one))));
    const box = h("input", { type: "file", id: "list", accept: ".csv,text/csv,text/plain", "aria-describedby": "list-hint" });
    box.addEventListener("change", () => void this.#match(pack, box.files?.[0]));
    const picker = h("div", { class: "field" }, h("label", { for: "list" }, "List of acts"), h("p", { class: "hint", id: "list-hint" }, "CSV with a heading for each column: name, number or address, day, what was done. It stays on this computer."), box);
    const claims = pack.watch.claims.map(({ label, source, unchecked }) => h("li", null, `${label}: ${source}.${unchecked ? " From memory: read it before you rely on it." : ""}`));
    fill(this, h("div", { class: "flow" }, doubts, h("h2", null, "Whom you look after"), h("dl", { class: "facts" }, rows), h("h2", null, "Match a list"), picker, this.#found, h("h2", null, "Time limits for claims"), h("ul", { class: "small" }, claims)));
  }

  #dropButton({ id, name }: Watched): HTMLElement {
    return h("button", { class: "btn other sm", type: "button", onclick: () => void tellDesk(`/guardian/${id}/drop`, {}).then(() => location.reload()) }, "Look after her no longer", h("span", { class: "vh" }, ` (${name})`));
  }

  async #match(pack: DeskPack, file: File | undefined): Promise<void> {
    if (file === undefined) return;
    try {
      if (file.size > LARGEST) throw new FormatError("This list is larger than 20 MB. Split it by months.");
      const table = readTable(await file.text());
      const found = matches(table, this.#watched, pack.watch.acts, pack.watch.second_look_months);
      fill(this.#found, ...shown(found, table.rows.length));
    } catch (error) {
      fill(this.#found, h("p", { class: "err" }, complaint(error).message));
    }
    this.#found.querySelector("h3")?.focus();
  }
}

async function opened(id: string, sealed: string, card: Card): Promise<Watched> {
  return readWatched(await keyring.open(unb64(sealed)), id, keyring.key, card);
}

function shown(found: readonly Match[], rows: number): Node[] {
  const now = found.filter(({ late }) => !late);
  const title = `${now.length} of ${rows} rows need a second look`;
  const lines = found.map(({ watched, by, row, day, what, kind, late }) =>
    h(
      "tr",
      null,
      h("th", { scope: "row", dir: "auto" }, `${watched.name} (${watched.case})`),
      h("td", { "data-k": "Row" }, row),
      h("td", { "data-k": "Day" }, day === "" ? "no day that can be read" : dayWords(day)),
      h("td", { dir: "auto" }, `${what}${kind === undefined ? "" : ` (${kind.label})`} `, kind?.counter === true ? h("strong", null, "Counter-allegation: never to the same investigator.") : null),
      h("td", { "data-k": "How it fits" }, late ? `${BY[by]}; more than a year after the report` : BY[by]),
    ),
  );
  const head = h("tr", null, ["Who", "Row", "Day", "What", "How it fits"].map((one) => h("th", { scope: "col" }, one)));
  const table = h("table", { class: "stack" }, h("caption", { class: "vh" }, title), h("thead", null, head), h("tbody", null, lines));
  const heading = h("h3", { tabindex: "-1" }, title);
  if (found.length === 0) return [heading];
  const paper = h("button", { class: "btn other sm", type: "button", onclick: () => printOnly(title, table.cloneNode(true)) }, "Print this");
  const about = h("p", { class: "second small" }, "Who decided each of these, when, and did they know of the report? Ask somebody outside both lines. A row can be somebody of the same name, and an act can be right: look first.");
  return [heading, about, table, h("div", { class: "acts" }, paper)];
}

customElements.define("upstander-guardian", GuardianPage);
