// Sealed files, sent and fetched in parts (formats, section 5).
export interface UploadOptions {
  institution: string; // slug
  recipient: string; // the case recipient
  onProgress?: (sent: number, whole: number) => void; // sealed bytes
  signal?: AbortSignal;
  id?: string; // to go on with an earlier upload
}
export interface Uploaded {
  id: string;
  sha256: string; // of the content that was sealed
  size: number; // of that content
  sealed: string; // hash of all sealed bytes
  sealedSize: number;
}
export function uploadSealed(_content: Blob, _options: UploadOptions): Promise<Uploaded> {
  throw new Error("not written yet");
}
export interface DownloadOptions {
  identity: string | readonly string[];
  size: number;
  sha256: string;
  onProgress?: (opened: number, whole: number) => void;
  signal?: AbortSignal;
}
export function downloadSealed(_path: string, _options: DownloadOptions): Promise<Blob> {
  throw new Error("not written yet");
}
