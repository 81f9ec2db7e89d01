// Sealed files, sent and fetched in parts. The whole file is never in memory (formats, section 5).
import { openStream, sealStream } from "./age.ts";
import { call, callJson, NO_ANSWER, Problem } from "./api.ts";
import { FormatError, hex, newId, sha256Stream } from "./bytes.ts";
import { padme } from "./padding.ts";
import { solveInWorker } from "./work.ts";

export const PART = 1024 * 1024; // bytes

const PAUSES = [500, 1_000, 2_000, 4_000, 8_000, 16_000]; // milliseconds before trying again
const TIMEOUT = 120_000; // milliseconds for one part: a bad network takes a while
const PIECE = 64 * 1024;
const BATCH = 8 * 1024 * 1024; // opened bytes handed to the browser at a time, which may put them on disk

export interface UploadOptions {
  institution: string; // slug
  recipient: string; // the case recipient
  id?: string | undefined; // by chance, unless it has to be found again
  onProgress?: ((sent: number, whole: number) => void) | undefined; // sealed bytes
  signal?: AbortSignal | undefined;
  pauses?: readonly number[] | undefined; // milliseconds before each further attempt
  solve?: typeof solveInWorker | undefined;
}

/** `sha256` and `size` are of the content, `sealed` is the hash of what the server got. */
export interface Uploaded {
  id: string;
  sha256: string;
  size: number;
  sealed: string;
}

/**
 * Seals and uploads. After an error that trying again does not heal, `SealedUpload.run` can be called once
 * more.
 */
export function uploadSealed(content: Blob, options: UploadOptions): Promise<Uploaded> {
  return new SealedUpload(content, options).run();
}

interface Have {
  size: number;
  parts: number;
  have: number[];
}

/** One file on its way. It remembers how far it came, so `run` after an error goes on from there. */
export class SealedUpload {
  readonly id: string;
  private readonly content: Blob;
  private readonly options: UploadOptions;
  private readonly plain = sha256Stream();
  private readonly cipher = sha256Stream();
  private parts: AsyncGenerator<Uint8Array> | undefined;
  private held: Uint8Array | undefined; // sealed, not yet acknowledged
  private next = 0; // number of the part that is held or comes next
  private whole = 0;
  private result: Uploaded | undefined;

  constructor(content: Blob, options: UploadOptions) {
    this.id = options.id ?? newId();
    this.content = content;
    this.options = options;
  }

  async run(): Promise<Uploaded> {
    if (this.result !== undefined) return this.result;
    const parts = await this.start();
    for (;;) {
      this.held ??= await this.seal(parts);
      if (this.held === undefined) break;
      await this.send(this.held);
      this.held = undefined;
      this.next += 1;
      this.options.onProgress?.(Math.min(this.next * PART, this.whole), this.whole);
    }
    const [sha256, sealed] = [hex(this.plain.digest()), hex(this.cipher.digest())];
    this.result = { id: this.id, sha256, size: this.content.size, sealed };
    return this.result;
  }

  private async start(): Promise<AsyncGenerator<Uint8Array>> {
    if (this.parts !== undefined) {
      await this.compare();
      return this.parts;
    }
    const sealed = await sealStream(
      padded(this.content, (part) => this.plain.update(part)),
      [this.options.recipient],
    );
    this.whole = sealed.size(padme(this.content.size));
    await this.announce();
    this.parts = cut(sealed);
    return this.parts;
  }

  // Under pressure the server asks for work first. Work counts once: after a lost answer there is more of it.
  private async announce(): Promise<void> {
    const about = { size: this.whole, parts: this.count() };
    for (let work = "", asked = 0; ; asked++) {
      const body = work === "" ? about : { ...about, work };
      try {
        return await this.retry(() => callJson<void>("PUT", this.path(), body, this.limits()));
      } catch (error) {
        if (!(error instanceof Problem) || error.type !== "work-needed" || asked >= 3) throw error;
        const request = { challenge: String(error.body["challenge"]), bits: Number(error.body["bits"]) };
        work = await (this.options.solve ?? solveInWorker)(request, undefined, this.options.signal);
      }
    }
  }

  // What was acknowledged must still be there: the sealed bytes cannot be made a second time.
  private async compare(): Promise<void> {
    const { size, have } = await this.retry(() =>
      callJson<Have>("GET", this.path(), undefined, this.limits()),
    );
    const isWhole =
      size === this.whole && Array.from({ length: this.next }, (_, n) => n).every((n) => have.includes(n));
    if (!isWhole) throw new FormatError("The server has lost a part of this file. Add the file again.");
  }

  private async seal(parts: AsyncGenerator<Uint8Array>): Promise<Uint8Array | undefined> {
    const { done, value } = await parts.next();
    if (done === true) return undefined;
    this.cipher.update(value);
    return value;
  }

  private send(part: Uint8Array): Promise<unknown> {
    return this.retry(() => call("PUT", `${this.path()}/parts/${this.next}`, part, this.limits()));
  }

  private path(): string {
    return `/api/v1/i/${this.options.institution}/uploads/${this.id}`;
  }

  private count(): number {
    return Math.ceil(this.whole / PART);
  }

  private limits(): { timeout: number; signal?: AbortSignal } {
    const { signal } = this.options;
    return { timeout: TIMEOUT, ...(signal === undefined ? {} : { signal }) };
  }

  private async retry<T>(attempt: () => Promise<T>): Promise<T> {
    for (const pause of this.options.pauses ?? PAUSES) {
      this.options.signal?.throwIfAborted();
      try {
        return await attempt();
      } catch (error) {
        if (!isPassing(error)) throw error;
      }
      await wait(pause * (0.75 + Math.random() / 2), this.options.signal);
    }
    return attempt();
  }
}

/** Whether trying the same again may help: no answer, too many at once, or the server is in trouble. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof Problem) || error.type === "work-needed") return false;
  return error.type === NO_ANSWER || error.type === "busy" || error.status >= 500;
}

export interface DownloadOptions {
  identity: string | readonly string[];
  size: number; // of the content, from the envelope
  sha256: string; // of the content, from the envelope
  onProgress?: ((opened: number, whole: number) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** Fetches and opens a sealed file at the desk. Size and hash must be those the envelope names. */
export async function downloadSealed(path: string, options: DownloadOptions): Promise<Blob> {
  const { signal } = options;
  const limits = { cookies: true, timeout: TIMEOUT, ...(signal === undefined ? {} : { signal }) };
  const response = await call("GET", path, undefined, limits);
  if (response.body === null) throw new FormatError("The file is empty.");
  return unpad(await openStream(response.body, options.identity), options);
}

/** The content of an opened stream: its first `size` bytes, checked, then nothing but zero bytes. */
export async function unpad(opened: ReadableStream<Uint8Array>, options: DownloadOptions): Promise<Blob> {
  const { size, sha256, onProgress, signal } = options;
  const digest = sha256Stream();
  const batches: Blob[] = [];
  let batch: Uint8Array<ArrayBuffer>[] = [];
  let held = 0;
  let at = 0;
  for await (const part of chunks(opened)) {
    signal?.throwIfAborted();
    const content = part.subarray(0, Math.max(0, size - at));
    if (part.subarray(content.length).some((byte) => byte !== 0))
      throw new FormatError("The file is longer than it says.");
    digest.update(content);
    batch.push(new Uint8Array(content));
    held += content.length;
    at += part.length;
    if (held >= BATCH) {
      batches.push(new Blob(batch));
      [batch, held] = [[], 0];
    }
    onProgress?.(Math.min(at, size), size);
  }
  if (at !== padme(size)) throw new FormatError("The file does not have the length it should have.");
  if (hex(digest.digest()) !== sha256) throw new FormatError("This is not the file that was attached.");
  return new Blob([...batches, ...batch], { type: "application/octet-stream" });
}

/** SHA-256 of a file as it was picked, in hex. */
export async function hashBlob(content: Blob): Promise<string> {
  const digest = sha256Stream();
  for await (const part of chunks(content.stream())) digest.update(part);
  return hex(digest.digest());
}

function padded(content: Blob, onContent: (part: Uint8Array) => void): ReadableStream<Uint8Array> {
  const source = content.stream().getReader();
  let zeros = padme(content.size) - content.size;
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await source.read();
      if (!done) {
        onContent(value);
        controller.enqueue(value);
        return;
      }
      const length = Math.min(zeros, PIECE);
      zeros -= length;
      if (length === 0) controller.close();
      else controller.enqueue(new Uint8Array(length));
    },
    cancel: (reason) => source.cancel(reason),
  });
}

async function* cut(sealed: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  let part = new Uint8Array(PART);
  let used = 0;
  for await (const piece of chunks(sealed)) {
    for (let at = 0; at < piece.length;) {
      const taken = piece.subarray(at, at + PART - used);
      part.set(taken, used);
      used += taken.length;
      at += taken.length;
      if (used < PART) continue;
      yield part;
      part = new Uint8Array(PART);
      used = 0;
    }
  }
  if (used > 0) yield part.subarray(0, used);
}

// Streams are not iterable in every browser.
async function* chunks(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}

function wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener("abort", () => (clearTimeout(timer), reject(signal.reason)), { once: true });
  });
}
