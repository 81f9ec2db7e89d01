// The steps of this visit. The browser's history holds a step number and nothing else; what a step was is only in memory.

interface Mark {
  run: string;
  step: number;
}

/** Places of one visit, with back and forward. `show` is called with the place to draw. */
export class Trail<Place> {
  private places: Place[] = [];
  private step = 0;
  private readonly run = String(crypto.getRandomValues(new Uint32Array(1))[0]);
  private readonly show: (place: Place) => void;
  private readonly first: Place;

  constructor(first: Place, show: (place: Place) => void) {
    this.first = first;
    this.show = show;
    this.places = [first];
  }

  /** Draws the first place and listens to Back and Forward. */
  start(): void {
    history.scrollRestoration = "manual";
    history.replaceState(this.mark(0), "");
    addEventListener("popstate", (event) => this.popped(event.state as Mark | null));
    this.show(this.first);
  }

  get here(): Place {
    return this.places[this.step] ?? this.first;
  }

  /** How many entries lie behind this one. */
  get depth(): number {
    return this.step;
  }

  go(place: Place): void {
    this.places = [...this.places.slice(0, this.step + 1), place];
    this.step += 1;
    history.pushState(this.mark(this.step), "");
    this.show(place);
  }

  /** The same entry shows another place: a page that must not be come back to. */
  swap(place: Place): void {
    this.places[this.step] = place;
    this.show(place);
  }

  back(): void {
    if (this.step > 0) history.back();
    else this.show(this.first);
  }

  /** Forgets every place, as when she leaves or the report is away: Back then shows the start. */
  forget(place: Place = this.first): void {
    this.places = this.places.map(() => place);
  }

  private mark(step: number): Mark {
    return { run: this.run, step };
  }

  private popped(state: Mark | null): void {
    const known = state !== null && state.run === this.run && this.places[state.step] !== undefined;
    if (!known) {
      this.step = 0;
      this.places = [this.first];
      history.replaceState(this.mark(0), "");
      this.show(this.first);
      return;
    }
    this.step = state.step;
    this.show(this.here);
  }
}
