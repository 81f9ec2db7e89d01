// Worker: a picture in, its fingerprints out. The picture is decoded here and nowhere else, and kept nowhere.
import { hex, sha256Stream } from "./bytes.ts";
import { layout } from "./colour.ts";
import { prints, TooPlain } from "./pdq.ts";
import type { Pixels } from "./pdq.ts";
import type { Fingerprinted, PrintFault } from "./prints.ts";
import type { Reply } from "./worker.ts";

const LARGEST = 50_000_000; // pixels; iPhones refuse a canvas above about 16.7 million, and say so

const reply = (message: Reply<Fingerprinted>): void => self.postMessage(message);

self.onmessage = async (event: MessageEvent<Blob>) => {
  try {
    reply({ progress: 0 });
    const sha256 = await hashOf(event.data);
    const pixels = await decode(event.data);
    const made = prints(pixels, (progress) => reply({ progress }));
    reply({ result: { sha256, prints: made.map((one) => ({ ...one, colour: layout(pixels, one.crop) })) } });
  } catch (error) {
    const fault: PrintFault = error instanceof TooPlain ? "plain" : error instanceof RangeError ? "large" : "unread";
    reply({ error: fault });
  }
};

/** All pixels, as they are in the file, turned as the camera meant it; white shines through where it is clear. */
async function decode(file: Blob): Promise<Pixels> {
  const bitmap = await createImageBitmap(file, { colorSpaceConversion: "none" });
  const { width, height } = bitmap;
  if (width * height > LARGEST) throw new RangeError("too many pixels");
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (context === null) throw new RangeError("no canvas of this size");
  context.fillStyle = "white";
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return { data: context.getImageData(0, 0, width, height).data, width, height };
}

async function hashOf(file: Blob): Promise<string> {
  const hash = sha256Stream();
  const reader = file.stream().getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return hex(hash.digest());
    hash.update(value);
  }
}
