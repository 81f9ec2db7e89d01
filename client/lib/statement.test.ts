import assert from "node:assert/strict";
import { test } from "node:test";
import { b64, FormatError, unb64, utf8 } from "./bytes.ts";
import { peekStatement, signerFromSeed, signStatement, verifyStatement } from "./statement.ts";

const signer = signerFromSeed(new Uint8Array(32).fill(1));
const other = signerFromSeed(new Uint8Array(32).fill(2));
const body = { a: 'line\nbreak "q" \u0000', n: 1 };

test("a statement is three lines and comes back", async () => {
  const statement = await signStatement("login", body, signer);
  assert.match(statement, /^upstander\/login\/v1\n\{.*\}\n[\w-]{86}\n$/);
  assert.deepEqual(verifyStatement(statement, "login", signer.sign), body);
  assert.deepEqual(peekStatement(statement, "login"), body);
});

test("another key, kind or version is refused", async () => {
  const statement = await signStatement("login", body, signer);
  assert.throws(() => verifyStatement(statement, "login", other.sign), FormatError);
  assert.throws(() => verifyStatement(statement, "grant", signer.sign), FormatError);
  assert.throws(() => verifyStatement(statement.replace("v1", "v2"), "login", signer.sign), FormatError);
});

test("any single changed character is refused", async () => {
  const statement = await signStatement("login", { a: "text" }, signer);
  for (let at = 0; at < statement.length; at++) {
    for (const put of ["", "x", "\n", statement[at]! + statement[at]!]) {
      const changed = statement.slice(0, at) + put + statement.slice(at + 1);
      if (changed === statement) continue;
      assert.throws(
        () => verifyStatement(changed, "login", signer.sign),
        FormatError,
        JSON.stringify(changed),
      );
    }
  }
});

test("hostile forms are refused even when they are signed", async () => {
  const forms = ['{"b":1,"a":2}', "[]", "null", '"x"', '{"a": 1}', '{"a":1.5}', '{"a":1,"a":1}'];
  for (const form of forms) {
    const signed = `upstander/login/v1\n${form}\n`;
    const statement = `${signed}${b64(await signer.sign_bytes(utf8(signed)))}\n`;
    assert.throws(() => verifyStatement(statement, "login", signer.sign), FormatError, form);
  }
  const right = await signStatement("login", body, signer);
  for (const form of [
    `${right}\n`,
    right.trimEnd(),
    right.replaceAll("\n", "\r\n"),
    ` ${right}`,
    `\ufeff${right}`,
    "",
  ]) {
    assert.throws(() => verifyStatement(form, "login", signer.sign), FormatError, JSON.stringify(form));
  }
});

test("signatures have one form: no small order keys, no second spelling of S", async () => {
  const statement = await signStatement("login", body, signer);
  const lines = statement.split("\n");
  const identityPoint = b64(new Uint8Array([1, ...new Uint8Array(31)]));
  const zero = b64(new Uint8Array([1, ...new Uint8Array(63)]));
  assert.throws(
    () => verifyStatement([lines[0], lines[1], zero, ""].join("\n"), "login", identityPoint),
    FormatError,
  );

  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const signature = unb64(lines[2]!, 64);
  let s = 0n;
  for (let i = 63; i >= 32; i--) s = (s << 8n) | BigInt(signature[i]!);
  for (let i = 32, rest = s + order; i < 64; i++, rest >>= 8n) signature[i] = Number(rest & 255n);
  const second = [lines[0], lines[1], b64(signature), ""].join("\n");
  assert.throws(() => verifyStatement(second, "login", signer.sign), FormatError);
});

test("a damaged public key is refused, not believed", async () => {
  const statement = await signStatement("login", body, signer);
  for (const key of ["", "AAAA", `${signer.sign}A`, b64(new Uint8Array(32).fill(255)), "not a key"]) {
    assert.throws(() => verifyStatement(statement, "login", key), FormatError, key);
  }
});
