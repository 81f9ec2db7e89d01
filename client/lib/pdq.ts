// PDQ, the picture hash of ThreatExchange, from pixels to 256 bits (formats, "Fingerprints"); the twin of
// src/upstander/fingerprints/pdq.py, where it is explained. Everything is rounded to single precision after every
// step, as in the reference: `Float32Array` and `Math.fround` do that, so equal pixels give equal bits.

/** A hash as 64 hexadecimal digits, its quality from 0 to 100, and the per cent that had been cropped away. */
export interface Print {
  hash: string;
  quality: number;
  crop: number;
}

/** Pixels as a canvas gives them: width x height x 4 bytes. */
export interface Pixels {
  data: Uint8ClampedArray | Uint8Array;
  width: number;
  height: number;
}

/** Brightness in single precision. */
export interface Luma {
  values: Float32Array;
  width: number;
  height: number;
}

export const CROPS = [0, 4, 8, 12, 16, 20, 25] as const; // per cent of width and height, half on each side
export const LEAST_QUALITY = 50;
const LEAST_SIDE = 5; // pixels
const SIDE = 64;
const EMPTY = "0".repeat(64);

/** The picture is too plain: its fingerprint would be that of many others. */
export class TooPlain extends Error {}

const [RED, GREEN, BLUE] = [Math.fround(0.299), Math.fround(0.587), Math.fround(0.114)];
const { fround } = Math;

export function luma({ data, width, height }: Pixels): Luma {
  const values = new Float32Array(width * height);
  for (let i = 0, at = 0; i < values.length; i++, at += 4)
    values[i] = fround(fround(RED * data[at]!) + fround(GREEN * data[at + 1]!)) + fround(BLUE * data[at + 2]!);
  return { values, width, height };
}

/** Hash and quality. Below 5 pixels a side: all zero bits, quality 0, as the reference. */
export function hashLuma(whole: Luma, crop = 0): Print {
  if (Math.min(whole.width, whole.height) < LEAST_SIDE) return { hash: EMPTY, quality: 0, crop };
  const small = whole.width === SIDE && whole.height === SIDE ? whole.values : shrunk(whole);
  return { hash: bits(dct(small)), quality: quality(small), crop };
}

/** The eight hashes in the order of ORIENTATIONS in pdq.py. As the reference, this blurs a 64 x 64 picture too. */
export function orientations(whole: Luma): { hashes: string[]; quality: number } {
  if (Math.min(whole.width, whole.height) < LEAST_SIDE)
    return { hashes: Array<string>(8).fill(EMPTY), quality: 0 };
  const small = shrunk(whole);
  return { hashes: eight(dct(small)), quality: quality(small) };
}

/** The middle of a picture: `crop` per cent of height and width are cut away, rounded down on each side. */
export function cropped({ values, width, height }: Luma, crop: number): Luma {
  const [left, top] = [Math.floor((width * crop) / 200), Math.floor((height * crop) / 200)];
  const [across, down] = [width - 2 * left, height - 2 * top];
  const middle = new Float32Array(across * down);
  for (let row = 0; row < down; row++) {
    const start = (row + top) * width + left;
    middle.set(values.subarray(start, start + across), row * across);
  }
  return { values: middle, width: across, height: down };
}

/**
 * The seven fingerprints of a picture: whole, and six crops of its middle. Throws TooPlain when the whole one is
 * below quality 50; crops below it are left out. `onProgress` gets the share that is done.
 */
export function prints(pixels: Pixels, onProgress?: (done: number) => void): Print[] {
  const whole = luma(pixels);
  const made: Print[] = [];
  CROPS.forEach((crop, index) => {
    const found = hashLuma(crop === 0 ? whole : cropped(whole, crop), crop);
    if (crop === 0 && found.quality < LEAST_QUALITY) throw new TooPlain();
    if (found.quality >= LEAST_QUALITY) made.push(found);
    onProgress?.((index + 1) / CROPS.length);
  });
  return made;
}

/** 64 x 64 samples of the picture, blurred twice each way; the second time only where they are taken. */
function shrunk({ values, width, height }: Luma): Float32Array {
  const [along, down] = [windowOf(width), windowOf(height)];
  const between = new Float32Array(values.length);
  const blurred = new Float32Array(values.length);
  for (let at = 0; at < values.length; at += width) boxRow(values, at, between, at, width, along);
  boxColumns(between, blurred, width, height, down);
  const line = between.subarray(0, width);
  const columns = Array.from({ length: SIDE }, (_, i) => centre(i, width));
  const thin = new Float32Array(SIDE * height);
  for (let row = 0; row < height; row++) {
    boxRow(blurred, row * width, line, 0, width, along);
    for (let j = 0; j < SIDE; j++) thin[row * SIDE + j] = line[columns[j]!]!;
  }
  const sampled = new Float32Array(SIDE * height);
  boxColumns(thin, sampled, SIDE, height, down);
  const small = new Float32Array(SIDE * SIDE);
  for (let i = 0; i < SIDE; i++) {
    const start = centre(i, height) * SIDE;
    small.set(sampled.subarray(start, start + SIDE), i * SIDE);
  }
  return small;
}

function windowOf(length: number): number {
  return Math.floor((length + 2 * SIDE - 1) / (2 * SIDE));
}

function centre(index: number, length: number): number {
  return Math.trunc(((index + 0.5) * length) / SIDE);
}

/** A running mean over `window` values of one row: one sum that takes a value in and lets one go. */
function boxRow(
  from: Float32Array,
  start: number,
  to: Float32Array,
  at: number,
  length: number,
  window: number,
): void {
  const ahead = (window + 2) >> 1;
  let total = 0;
  for (let i = 0; i < ahead - 1 && i < length; i++) total = fround(total + from[start + i]!);
  for (let i = 0; i < length; i++) {
    const last = i + ahead;
    const first = last - window;
    if (last <= length) total = fround(total + from[start + last - 1]!);
    if (first > 0) total = fround(total - from[start + first - 1]!);
    to[at + i] = total / (Math.min(last, length) - Math.max(first, 0));
  }
}

/** The same down the columns, a row at a time, so that memory is read in its order. */
function boxColumns(from: Float32Array, to: Float32Array, width: number, height: number, window: number): void {
  const ahead = (window + 2) >> 1;
  const total = new Float32Array(width);
  const take = (row: number): void => {
    for (let j = 0, at = row * width; j < width; j++, at++) total[j] = total[j]! + from[at]!;
  };
  for (let row = 0; row < ahead - 1 && row < height; row++) take(row);
  for (let row = 0; row < height; row++) {
    const last = row + ahead;
    const first = last - window;
    if (last <= height) take(last - 1);
    if (first > 0)
      for (let j = 0, at = (first - 1) * width; j < width; j++, at++) total[j] = total[j]! - from[at]!;
    const size = Math.min(last, height) - Math.max(first, 0);
    for (let j = 0, at = row * width; j < width; j++, at++) to[at] = total[j]! / size;
  }
}

const COSINES = cosines();

function cosines(): Float32Array {
  const scale = fround(Math.sqrt(2 / SIDE));
  const table = new Float32Array(16 * SIDE);
  for (let i = 0; i < 16; i++)
    for (let j = 0; j < SIDE; j++)
      table[i * SIDE + j] = scale * Math.cos((Math.PI / 2 / SIDE) * (i + 1) * (2 * j + 1));
  return table;
}

/** The 16 x 16 coefficients; the sums run one product at a time. */
function dct(small: Float32Array): Float32Array {
  const half = new Float32Array(16 * SIDE);
  const whole = new Float32Array(256);
  for (let i = 0; i < 16; i++)
    for (let j = 0; j < SIDE; j++) {
      let sum = 0;
      for (let k = 0; k < SIDE; k++)
        sum = fround(sum + fround(COSINES[i * SIDE + k]! * small[k * SIDE + j]!));
      half[i * SIDE + j] = sum;
    }
  for (let i = 0; i < 16; i++)
    for (let j = 0; j < 16; j++) {
      let sum = 0;
      for (let k = 0; k < SIDE; k++)
        sum = fround(sum + fround(half[i * SIDE + k]! * COSINES[j * SIDE + k]!));
      whole[i * 16 + j] = sum;
    }
  return whole;
}

/** The sum of visible steps between neighbours, each cut to whole per cents, over 90 and at most 100. */
function quality(small: Float32Array): number {
  let sum = 0;
  const step = (one: number, other: number): void => {
    sum += Math.abs(Math.trunc(fround(fround(fround(small[one]! - small[other]!) * 100) / 255)));
  };
  for (let at = 0; at < SIDE * (SIDE - 1); at++) step(at, at + SIDE);
  for (let at = 0; at < SIDE * SIDE; at++) if (at % SIDE < SIDE - 1) step(at, at + 1);
  return Math.min(Math.floor(sum / 90), 100);
}

/** A bit for every coefficient above the lower median, the last one first. */
function bits(coefficients: Float32Array): string {
  const median = coefficients.slice().sort()[127]!;
  let text = "";
  for (let at = 255; at > 0; at -= 4) {
    let digit = 0;
    for (let bit = 0; bit < 4; bit++) digit = digit * 2 + Number(coefficients[at - bit]! > median);
    text += digit.toString(16);
  }
  return text;
}

/** Signs of rows and columns, and whether to swap them, for each orientation. */
const WAYS: readonly (readonly [down: boolean, across: boolean, swap: boolean])[] = [
  [false, false, false],
  [false, true, true],
  [true, true, false],
  [true, false, true],
  [true, false, false],
  [false, true, false],
  [false, false, true],
  [true, true, true],
];

function eight(a: Float32Array): string[] {
  return WAYS.map(([down, across, swap]) => {
    const way = new Float32Array(256);
    for (let i = 0; i < 16; i++)
      for (let j = 0; j < 16; j++) {
        const negative = (down && i % 2 === 0) !== (across && j % 2 === 0);
        way[swap ? j * 16 + i : i * 16 + j] = negative ? -a[i * 16 + j]! : a[i * 16 + j]!;
      }
    return bits(way);
  });
}
