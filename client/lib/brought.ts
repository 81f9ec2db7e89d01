// Files of a held report, brought back by who left them: out of the server's copy of the parcel, with the shares of her slip.
import { open } from "./age.ts";
import { FormatError, hash, unb64 } from "./bytes.ts";
import type { Bytes } from "./bytes.ts";
import { decode } from "./canonical.ts";
import type { JsonObject } from "./canonical.ts";
import type { FileEntry } from "./envelope.ts";
import { asList, asObject, asText } from "./shape.ts";

/** A file as it was picked, and what it is. */
export interface Brought {
  entry: FileEntry;
  content: Bytes;
}

/** Her files out of the report in a parcel of hers, each compared with its hash. Throws where some can't be brought back. */
export async function openOwn(report: JsonObject, identity: string): Promise<Brought[]> {
  if (report["attached"] === undefined) return [];
  const [sealed, own] = [asObject(report["attached"]), await open(unb64(asText(report["own"])), identity)];
  const brought = asList(decode(own)).map(async (one): Promise<Brought> => {
    const entry = asObject(one) as FileEntry;
    const content = (await open(unb64(asText(sealed[entry.id])), identity)).slice(0, entry.size);
    if (hash(content) !== entry.sha256) throw new FormatError("This is not the file that it should be.");
    return { entry, content };
  });
  return Promise.all(brought);
}
