// PDQ on pixels that both languages make alike: tests/vectors/py/pdq.json, made by tests/vectors/make_py.py.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { layout } from "./colour.ts";
import { CROPS, cropped, hashLuma, luma, orientations, prints, TooPlain } from "./pdq.ts";
import type { Pixels } from "./pdq.ts";

/** The pixels of `patterned` in tests/fingerprints/pictures.py. */
function patterned(height: number, width: number, seed: number): Pixels {
  const data = new Uint8ClampedArray(height * width * 4).fill(255);
  let state = seed;
  for (let row = 0, at = 0; row < height; row++)
    for (let column = 0; column < width; column++, at += 4)
      for (let channel = 0; channel < 3; channel++) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        const tiles = Math.floor(row / (5 + (seed % 7))) * Math.floor(column / (4 + (seed % 5)));
        const block = tiles * (17 + channel * 9);
        data[at + channel] = (row * (seed % 3) + column * (seed % 4) + block + (state >>> 28) * 4) % 256;
      }
  return { data, width, height };
}

interface Vector {
  height: number;
  width: number;
  seed: number;
  quality: number;
  hash: string;
  orientations: string[];
  crops: string[];
  colours: string[];
}

const vectors = JSON.parse(readFileSync("tests/vectors/py/pdq.json", "utf8")) as { pictures: Vector[] };

test("hash, quality, orientations and crops are Python's", () => {
  for (const { height, width, seed, ...expected } of vectors.pictures) {
    const pixels = patterned(height, width, seed);
    const whole = luma(pixels);
    const { hash, quality } = hashLuma(whole);
    const all = orientations(whole);
    const crops = CROPS.map((crop) => hashLuma(cropped(whole, crop)).hash);
    const colours = CROPS.map((crop) => layout(pixels, crop));
    assert.deepEqual({ quality, hash, orientations: all.hashes, crops, colours }, expected, `${height} x ${width}`);
    assert.equal(all.quality, quality);
  }
  assert.ok(vectors.pictures.length > 10);
  const [some, none] = [/^[0-9a-f]{32}$/, /^$/];
  for (const one of [some, none])
    assert.ok(vectors.pictures.some(({ colours }) => colours.every((colour) => one.test(colour))));
});

test("seven fingerprints, with progress to the end", () => {
  const told: number[] = [];
  const made = prints(patterned(210, 300, 11), (done) => told.push(done));
  assert.deepEqual(
    made.map(({ crop }) => crop),
    [...CROPS],
  );
  assert.equal(told.at(-1), 1);
  assert.equal(told.length, CROPS.length);
});

test("a plain picture is refused", () => {
  const data = new Uint8ClampedArray(200 * 100 * 4).fill(90);
  assert.throws(() => prints({ data, width: 200, height: 100 }), TooPlain);
  assert.throws(() => prints({ data: data.subarray(0, 64), width: 4, height: 4 }), TooPlain);
});
