// Talks to our own server, and to nobody else. Reporters' requests carry no cookie.
import type { Json } from "./canonical.ts";

/**
 * The server refused, as `application/problem+json` says. `type` is a stable slug; `title` is in plain
 * words.
 */
export class Problem extends Error {
  override name = "Problem";
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  constructor(type: string, title: string, status: number, body: Readonly<Record<string, unknown>> = {}) {
    super(title);
    this.type = type;
    this.title = title;
    this.status = status;
    this.body = body;
  }
}

/** `cookies` only for the desk. `token` is a mailbox token. `timeout` in milliseconds (default 30 s). */
export interface CallOptions {
  cookies?: boolean;
  token?: string;
  timeout?: number;
  signal?: AbortSignal;
}

export type Method = "GET" | "POST" | "PUT" | "DELETE";
export type Body = Json | Uint8Array | undefined;

/** Type slug of the Problem thrown when no answer came: offline, cut off or too slow. */
export const NO_ANSWER = "no-answer";

export function getJson<T>(path: string, options: CallOptions = {}): Promise<T> {
  return callJson<T>("GET", path, undefined, options);
}

export function postJson<T>(path: string, body: Json, options: CallOptions = {}): Promise<T> {
  return callJson<T>("POST", path, body, options);
}

/** As `getJson` and `postJson`, for every method; an answer without content gives undefined. */
export async function callJson<T>(
  method: Method,
  path: string,
  body: Body,
  options: CallOptions = {},
): Promise<T> {
  const response = await call(method, path, body, options);
  try {
    return (response.status === 204 ? undefined : await response.json()) as T;
  } catch {
    throw unanswered();
  }
}

/** One request. Throws a Problem for every answer that is not a success. */
export async function call(
  method: Method,
  path: string,
  body?: Body,
  options: CallOptions = {},
): Promise<Response> {
  if (!/^\/(?!\/)[^\\\s]*$/.test(path)) throw new TypeError("Only paths on our own server.");
  const limits = limit(options);
  const request: RequestInit = {
    method,
    headers: headers(body, options),
    ...(body === undefined
      ? {}
      : { body: body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body) }),
    credentials: options.cookies === true ? "same-origin" : "omit",
    cache: "no-store",
    redirect: "error",
    referrerPolicy: "no-referrer",
    signal: limits.signal,
  };
  let response: Response;
  try {
    response = await fetch(path, request);
  } catch (error) {
    if (options.signal?.aborted === true) throw error;
    throw unanswered();
  } finally {
    limits.clear();
  }
  if (!response.ok) throw await problemFrom(response);
  return response;
}

function headers(body: Body, options: CallOptions): Record<string, string> {
  const made: Record<string, string> = { Accept: "application/json" };
  if (body instanceof Uint8Array) made["Content-Type"] = "application/octet-stream";
  else if (body !== undefined) made["Content-Type"] = "application/json";
  if (options.token !== undefined) made["Authorization"] = `Bearer ${options.token}`;
  const csrf = options.cookies === true ? csrfToken() : undefined;
  if (csrf !== undefined) made["X-CSRFToken"] = csrf;
  return made;
}

function csrfToken(): string | undefined {
  if (typeof document === "undefined") return undefined; // in a worker
  return document.querySelector<HTMLMetaElement>('meta[name="csrf"]')?.content;
}

/** Ends when the caller gives up, or when no answer has begun in time. */
function limit({ signal, timeout = 30_000 }: CallOptions): { signal: AbortSignal; clear: () => void } {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new DOMException("Too slow.", "TimeoutError")), timeout);
  if (signal?.aborted === true) controller.abort(signal.reason);
  signal?.addEventListener("abort", () => controller.abort(signal.reason), { once: true });
  return { signal: controller.signal, clear: () => clearTimeout(timer) };
}

async function problemFrom(response: Response): Promise<Problem> {
  const fallback = "The server did not understand. Nothing you wrote is lost. Try again.";
  try {
    const body = (await response.json()) as Record<string, unknown>;
    const type = typeof body["type"] === "string" ? body["type"] : "refused";
    const title = typeof body["title"] === "string" ? body["title"] : fallback;
    return new Problem(type, title, response.status, body);
  } catch {
    return new Problem(response.status >= 500 ? "busy" : "refused", fallback, response.status);
  }
}

function unanswered(): Problem {
  return new Problem(
    NO_ANSWER,
    "There was no answer. Check the connection and try again. Nothing you wrote is lost.",
    0,
  );
}
