// Makes elements. Text goes in as text only: nothing here ever reads HTML.

export type Attribute = string | number | boolean | null | undefined | ((event: Event) => void);
export type Child = Node | string | number | null | undefined | false | readonly Child[];

/**
 * On every box that people write in: nothing in the browser, and no well-behaved extension, corrects, completes or
 * reads along, because such helpers may send what is typed to their makers.
 */
export const UNWATCHED = {
  spellcheck: "false",
  writingsuggestions: "false",
  "data-gramm": "false",
} as const;

/**
 * An element with attributes and children. `onclick` and its like take functions; false, null and undefined
 * are left out.
 */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes?: Readonly<Record<string, Attribute>> | null,
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) setAttribute(element, name, value);
  append(element, children);
  return element;
}

function setAttribute(element: HTMLElement, name: string, value: Attribute): void {
  if (value === false || value === null || value === undefined) return;
  if (typeof value === "function") element.addEventListener(name.replace(/^on/, ""), value);
  else if (name.startsWith("on") || name === "style" || name === "srcdoc")
    throw new TypeError(`${name} is not set from text.`);
  else element.setAttribute(name, value === true ? "" : String(value));
}

function append(element: Element, children: readonly Child[]): void {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    // Texts and forms have a length too: nodes first.
    if (child instanceof Node) element.append(child);
    else if (typeof child === "object") append(element, child);
    else element.append(String(child));
  }
}

/** Replaces what an element holds. */
export function fill(element: Element, ...children: Child[]): void {
  element.replaceChildren();
  append(element, children);
}

/** Moves focus to the heading of a new page or step, so that a screen reader starts there. */
export function focusHeading(within: ParentNode = document): void {
  const heading = within.querySelector<HTMLElement>("h1");
  if (heading === null) return;
  heading.tabIndex = -1;
  heading.focus();
}
