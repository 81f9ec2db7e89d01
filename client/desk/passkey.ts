// Passkeys: the server's options with the PRF extension added, and answers with its result taken out.
//
// The PRF result unwraps the handler's key. It is read here and never posted; the server refuses a credential
// that carries it.
import { Problem } from "../lib/api.ts";
import { b64, sha256, unb64, utf8 } from "../lib/bytes.ts";
import { prfWrapKey } from "../lib/wrapped.ts";
import type { PasskeyParts } from "../lib/wrapped.ts";
import { meta } from "./page.ts";

const BASE = "/desk/account/2fa/webauthn";

/** What a passkey unwraps with, where its authenticator can. */
export interface PrfKey {
  wrap: Uint8Array;
  passkey: PasskeyParts;
}

export interface Used {
  next: string;
  prf: PrfKey | undefined;
}

interface PrfResults {
  prf?: { enabled?: boolean; results?: { first?: ArrayBuffer | Uint8Array } };
  credProps?: { rk?: boolean };
}

type Options = Record<string, unknown> & { challenge: string };

/** Why passkeys do not work here, or undefined where they do. */
export function passkeysMissing(): string | undefined {
  if (/^[\d.]+$|:/.test(location.hostname)) {
    return `Passkeys need a site with a name. On this computer, open http://localhost:${location.port}.`;
  }
  if (!("PublicKeyCredential" in globalThis) || !isSecureContext)
    return "This browser cannot use passkeys here.";
  return undefined;
}

/** Signs in with whichever passkey the person picks. */
export function signInWithPasskey(): Promise<Used> {
  return use("login");
}

/** Proves with a passkey of hers that the signed-in person is there. */
export function proveWithPasskey(): Promise<Used> {
  return use("reauthenticate");
}

/** Makes a passkey, and answers how it unwraps keys where it can. */
export async function addPasskey(name: string): Promise<PrfKey | undefined> {
  const options = await optionsFrom("add");
  const user = options["user"] as Record<string, unknown> & { id: string };
  const publicKey = {
    ...options,
    challenge: unb64(options.challenge),
    user: { ...user, id: unb64(user.id) },
    excludeCredentials: credentials(options["excludeCredentials"]),
    authenticatorSelection: {
      residentKey: "required",
      requireResidentKey: true,
      userVerification: "required",
    },
    extensions: { credProps: true, prf: { eval: { first: prfInput() } } },
  } as unknown as PublicKeyCredentialCreationOptions;
  const made = await prompt(() => navigator.credentials.create({ publicKey }));
  await post("add", made, { name, passwordless: "on" });
  return prfOf(made) ?? (can(made) ? await evaluate(made.rawId) : undefined);
}

async function use(act: "login" | "reauthenticate"): Promise<Used> {
  const options = await optionsFrom(act);
  const publicKey = {
    ...options,
    challenge: unb64(options.challenge),
    allowCredentials: credentials(options["allowCredentials"]),
    extensions: { prf: { eval: { first: prfInput() } } },
  } as unknown as PublicKeyCredentialRequestOptions;
  const found = await prompt(() => navigator.credentials.get({ publicKey }));
  const { next } = await post(act, found, {});
  return { next, prf: prfOf(found) };
}

// Some authenticators answer PRF only when a passkey is used, not when it is made. Nothing of this is sent.
async function evaluate(id: ArrayBuffer): Promise<PrfKey | undefined> {
  const publicKey = {
    challenge: crypto.getRandomValues(new Uint8Array(32)),
    allowCredentials: [{ type: "public-key", id }],
    userVerification: "required",
    extensions: { prf: { eval: { first: prfInput() } } },
  } as unknown as PublicKeyCredentialRequestOptions;
  return prfOf(await prompt(() => navigator.credentials.get({ publicKey })));
}

async function prompt(ask: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  let answer: Credential | null;
  try {
    answer = await ask();
  } catch (error) {
    const name = error instanceof DOMException ? error.name : "";
    if (name === "InvalidStateError")
      throw new Problem("refused", "This device already has a passkey for you.", 0);
    throw new Problem("refused", "No passkey was used. Try again, or use your words.", 0);
  }
  if (!(answer instanceof PublicKeyCredential))
    throw new Problem("refused", "No passkey was used. Try again.", 0);
  return answer;
}

function prfInput(): Uint8Array {
  return sha256(utf8(`upstander/prf-salt/v1\n${meta("installation")}`));
}

function prfOf(used: PublicKeyCredential): PrfKey | undefined {
  const first = results(used).prf?.results?.first;
  if (first === undefined) return undefined;
  const passkey = { credential: b64(new Uint8Array(used.rawId)), salt: b64(prfInput()) };
  return { wrap: prfWrapKey(first instanceof Uint8Array ? first : new Uint8Array(first)), passkey };
}

function can(made: PublicKeyCredential): boolean {
  return results(made).prf?.enabled === true;
}

function results(used: PublicKeyCredential): PrfResults {
  return used.getClientExtensionResults() as PrfResults;
}

function credentials(listed: unknown): { type: string; id: Uint8Array }[] {
  return ((listed ?? []) as { type: string; id: string }[]).map(({ type, id }) => ({ type, id: unb64(id) }));
}

async function optionsFrom(act: string): Promise<Options> {
  const response = await send(`${BASE}/${act}/`, { method: "GET" });
  const body = (await response.json()) as Record<string, { publicKey: Options }>;
  const found = body["request_options"] ?? body["creation_options"];
  if (found === undefined) throw new Problem("refused", "Passkeys are not available now. Use your words.", 0);
  return found.publicKey;
}

/** Posts a credential as allauth reads it: of the extension results only `credProps`, never PRF. */
async function post(
  act: string,
  used: PublicKeyCredential,
  more: Record<string, string>,
): Promise<{ next: string }> {
  const body = new URLSearchParams({ ...more, credential: JSON.stringify(written(used)) });
  const response = await send(`${BASE}/${act}/`, { method: "POST", body });
  return (await response.json()) as { next: string };
}

export function written(used: PublicKeyCredential): Record<string, unknown> {
  const answer = used.response as AuthenticatorAttestationResponse & AuthenticatorAssertionResponse;
  const part = (bytes: ArrayBuffer | null | undefined): string | undefined =>
    bytes === null || bytes === undefined ? undefined : b64(new Uint8Array(bytes));
  const { credProps } = results(used);
  return {
    id: used.id,
    rawId: b64(new Uint8Array(used.rawId)),
    type: used.type,
    authenticatorAttachment: used.authenticatorAttachment ?? undefined,
    clientExtensionResults: credProps === undefined ? {} : { credProps },
    response: {
      clientDataJSON: part(answer.clientDataJSON),
      attestationObject: part(answer.attestationObject),
      authenticatorData: part(answer.attestationObject === undefined ? answer.authenticatorData : undefined),
      signature: part(answer.signature),
      userHandle: part(answer.userHandle),
      transports: typeof answer.getTransports === "function" ? answer.getTransports() : undefined,
    },
  };
}

async function send(path: string, init: RequestInit): Promise<Response> {
  const csrf = document.querySelector<HTMLMetaElement>('meta[name="csrf"]')?.content ?? "";
  let response: Response;
  try {
    response = await fetch(path, {
      ...init,
      headers: { Accept: "application/json", "X-CSRFToken": csrf },
      credentials: "same-origin",
      cache: "no-store",
      redirect: "error",
    });
  } catch {
    throw new Problem("no-answer", "There was no answer. Check the connection and try again.", 0);
  }
  if (response.ok) return response;
  const body = (await response.json().catch(() => ({}))) as { title?: string };
  throw new Problem(
    "refused",
    body.title ?? "This did not work. Try again, or use your words.",
    response.status,
  );
}
