// Hands a file that was made in this page to the person at it.
import { h } from "./dom.ts";

/** Saves the content under this name, as bytes that no program opens by itself. */
export function saveFile(name: string, content: Uint8Array | string): void {
  const address = URL.createObjectURL(new Blob([content as BlobPart], { type: "application/octet-stream" }));
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
