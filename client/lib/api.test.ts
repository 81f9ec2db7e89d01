import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { call, callJson, getJson, NO_ANSWER, postJson, Problem } from "./api.ts";

const real = globalThis.fetch;
let seen: { path: string; init: RequestInit };

function answer(make: () => Response | Promise<Response>): void {
  globalThis.fetch = (path, init) => {
    seen = { path: String(path), init: init ?? {} };
    return Promise.resolve(make());
  };
}

afterEach(() => {
  globalThis.fetch = real;
  delete (globalThis as { document?: unknown }).document;
});

test("a reporter's request carries no cookie, no referrer and no token unless given", async () => {
  answer(() => Response.json({ ok: 1 }));
  assert.deepEqual(await postJson("/api/v1/x", { a: "é" }), { ok: 1 });
  const { init } = seen;
  assert.deepEqual(
    [init.credentials, init.referrerPolicy, init.cache, init.redirect],
    ["omit", "no-referrer", "no-store", "error"],
  );
  assert.deepEqual(init.headers, { Accept: "application/json", "Content-Type": "application/json" });
  assert.equal(init.body, '{"a":"é"}');
  await getJson("/api/v1/x", { token: "t" });
  assert.equal((seen.init.headers as Record<string, string>)["Authorization"], "Bearer t");
});

test("the desk's requests carry the session and the token of the page", async () => {
  answer(() => new Response(null, { status: 204 }));
  Object.assign(globalThis, { document: { querySelector: () => ({ content: "csrf" }) } });
  assert.equal(await callJson("DELETE", "/api/v1/x", {}, { cookies: true }), undefined);
  assert.equal(seen.init.credentials, "same-origin");
  assert.equal((seen.init.headers as Record<string, string>)["X-CSRFToken"], "csrf");
});

test("only our own server is ever asked", async () => {
  answer(() => Response.json({}));
  for (const path of [
    "//elsewhere.example/x",
    "https://elsewhere.example/",
    "api/v1",
    "",
    "/\\elsewhere.example",
    "/\t/elsewhere.example",
    "javascript:0",
  ]) {
    await assert.rejects(call("GET", path), TypeError, path);
  }
});

test("a refusal becomes a Problem with its words", async () => {
  answer(() => Response.json({ type: "card-changed", title: "Plain words.", card: "text" }, { status: 409 }));
  await assert.rejects(getJson("/x"), (error) => {
    assert.ok(error instanceof Problem);
    assert.deepEqual(
      [error.type, error.title, error.status, error.body["card"]],
      ["card-changed", "Plain words.", 409, "text"],
    );
    return true;
  });
});

test("answers that are not ours become a Problem too", async () => {
  const cases: [() => Response, string][] = [
    [() => new Response("<html>", { status: 502 }), "busy"],
    [() => new Response("", { status: 404 }), "refused"],
    [() => Response.json(null, { status: 400 }), "refused"],
    [() => Response.json({ type: 7, title: {} }, { status: 400 }), "refused"],
    [() => new Response("not json"), NO_ANSWER],
  ];
  for (const [make, type] of cases) {
    answer(make);
    await assert.rejects(
      getJson("/x"),
      (error) => error instanceof Problem && error.type === type && error.title !== "",
    );
  }
});

test("no answer, and an answer that does not come in time", async () => {
  answer(() => Promise.reject(new TypeError("failed to fetch")));
  await assert.rejects(getJson("/x"), (error) => error instanceof Problem && error.type === NO_ANSWER);
  globalThis.fetch = (_, init) =>
    new Promise((_resolve, reject) =>
      init!.signal!.addEventListener("abort", () => reject(init!.signal!.reason)),
    );
  await assert.rejects(
    getJson("/x", { timeout: 5 }),
    (error) => error instanceof Problem && error.type === NO_ANSWER,
  );
});

test("giving up is not a failure of the network", async () => {
  const controller = new AbortController();
  globalThis.fetch = (_, init) =>
    new Promise((_resolve, reject) =>
      init!.signal!.addEventListener("abort", () => reject(init!.signal!.reason)),
    );
  const asked = getJson("/x", { signal: controller.signal });
  controller.abort(new Error("left"));
  await assert.rejects(asked, /left/);
});
