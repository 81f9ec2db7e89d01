// Takes metadata out of pictures without touching the picture itself.
export class MetadataError extends Error {
  override name = "MetadataError";
}
export interface Stripped {
  bytes: Uint8Array;
  type: string;
  stripped: boolean;
}
export function stripMetadata(_file: Blob): Promise<Stripped> {
  throw new Error("not written yet");
}
