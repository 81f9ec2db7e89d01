// Leaving quickly: cover the page, wipe what was typed, go to a neutral site in place of this one.
// It cannot clear the browser's history, and the page before the first exit button says so.

const PRESSES = 3;
const WITHIN = 5_000; // milliseconds for three presses of Shift, as on GOV.UK's exit button

export interface Leaving {
  /** Empties answers and keys. Called first, before anything that takes time. */
  wipe(): void;
  /** How many history entries this visit has made behind the present one. */
  depth(): number;
  address: string;
}

let armed: Leaving | undefined;
let shifts: number[] = [];
let clean = false; // Shift alone, not part of a capital letter

/** From now on Escape, and Shift three times, leave the page. */
export function arm(leaving: Leaving): void {
  if (armed === undefined) {
    document.addEventListener("keydown", down, true);
    document.addEventListener("keyup", up, true);
  }
  armed = leaving;
}

/** Leaves at once. */
export function leave(): void {
  if (armed === undefined) return;
  const { wipe, depth, address } = armed;
  const cover = document.createElement("div");
  cover.className = "gone";
  document.body.replaceChildren(cover);
  const steps = depth();
  wipe();
  goAway(address, steps);
}

// Going back to this visit's first entry before replacing it means that Back, on the other site, does not lead here.
function goAway(address: string, steps: number): void {
  let gone = false;
  const go = (): void => {
    if (gone) return;
    gone = true;
    location.replace(address);
  };
  if (steps <= 0) return go();
  addEventListener("popstate", go, { once: true, capture: true });
  setTimeout(go, 250);
  history.go(-steps);
}

function down(event: KeyboardEvent): void {
  if (event.isComposing) return;
  if (event.key === "Escape") {
    event.preventDefault();
    leave();
    return;
  }
  clean = event.key === "Shift" && !event.repeat && !event.ctrlKey && !event.altKey && !event.metaKey;
  if (event.key !== "Shift") shifts = [];
}

function up(event: KeyboardEvent): void {
  if (event.key !== "Shift" || !clean) return;
  const now = performance.now();
  shifts = [...shifts.filter((then) => now - then < WITHIN), now];
  if (shifts.length >= PRESSES) leave();
}
