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

/** Brightness in single precision: from `start` on, `stride` values from row to row, so that a part is no copy. */
export interface Luma {
  values: Float32Array;
  width: number;
  height: number;
  start: number;
  stride: number;
}

export const CROPS = [0, 4, 8, 12, 16, 20, 25] as const; // per cent of width and height, half on each side
export const LEAST_QUALITY = 50;
const LEAST_SIDE = 5; // pixels
const SIDE = 64;
const FOUR = 4; // rows that are blurred at once
const EMPTY = "0".repeat(64);

/** The picture is too plain: its fingerprint would be that of many others. */
export class TooPlain extends Error {}

const [RED, GREEN, BLUE] = [Math.fround(0.299), Math.fround(0.587), Math.fround(0.114)];
const { fround } = Math;

const shares = (weight: number): Float32Array => Float32Array.from({ length: 256 }, (_, byte) => weight * byte);
const [REDS, GREENS, BLUES] = [shares(RED), shares(GREEN), shares(BLUE)];

export function luma({ data, width, height }: Pixels): Luma {
  const values = new Float32Array(width * height);
  // One read a pixel; every device that runs a browser keeps the lowest byte first.
  const aligned = data.byteOffset % 4 === 0 ? data : data.slice();
  const pixels = new Uint32Array(aligned.buffer, aligned.byteOffset, values.length);
  for (let i = 0; i < values.length; i++) {
    const pixel = pixels[i]!;
    const rest = fround(REDS[pixel & 255]! + GREENS[(pixel >>> 8) & 255]!);
    values[i] = fround(rest + BLUES[(pixel >>> 16) & 255]!);
  }
  return { values, width, height, start: 0, stride: width };
}

/** Hash and quality. Below 5 pixels a side: all zero bits, quality 0, as the reference. */
export function hashLuma(whole: Luma, crop = 0): Print {
  if (Math.min(whole.width, whole.height) < LEAST_SIDE) return { hash: EMPTY, quality: 0, crop };
  const small = whole.width === SIDE && whole.height === SIDE ? compact(whole) : shrunk(whole);
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
export function cropped({ values, width, height, start, stride }: Luma, crop: number): Luma {
  const [left, top] = [Math.floor((width * crop) / 200), Math.floor((height * crop) / 200)];
  return { values, width: width - 2 * left, height: height - 2 * top, start: start + top * stride + left, stride };
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

function compact({ values, width, height, start, stride }: Luma): Float32Array {
  const made = new Float32Array(width * height);
  for (let row = 0; row < height; row++)
    made.set(values.subarray(start + row * stride, start + row * stride + width), row * width);
  return made;
}

/**
 * 64 x 64 samples of the picture, blurred twice each way; the second time only where they are taken. A few rows at a time:
 * only those that the first blur down the columns still needs are kept, so that all of it stays in the processor's cache.
 */
function shrunk({ values, width, height, start, stride }: Luma): Float32Array {
  const [along, down] = [windowOf(width), windowOf(height)];
  const columns = Int32Array.from({ length: SIDE }, (_, i) => centre(i, width));
  const held = (Math.ceil((down + 1) / FOUR) + 1) * FOUR; // rows
  const ring = new Float32Array(held * width);
  const rowOf = (row: number): Float32Array => ring.subarray((row % held) * width, ((row % held) + 1) * width);
  const total = new Float32Array(width);
  const [lines, blurred] = [new Float32Array(FOUR * width), new Float32Array(FOUR * width)];
  const thin = new Float32Array(SIDE * height);
  const ahead = (down + 2) >> 1;
  let ready = 0;
  const incoming = (row: number): Float32Array => {
    if (row === ready) {
      const count = Math.min(FOUR, height - row);
      boxRows(values, start + row * stride, stride, ring, (row % held) * width, width, along, count);
      ready += count;
    }
    return rowOf(row);
  };
  for (let row = 0; row < ahead - 1 && row < height; row++) add(total, incoming(row));
  for (let row = 0; row < height; row++) {
    const last = row + ahead;
    const first = last - down;
    const size = Math.min(last, height) - Math.max(first, 0);
    const line = lines.subarray((row % FOUR) * width, ((row % FOUR) + 1) * width);
    turn(total, last <= height ? incoming(last - 1) : undefined, first > 0 ? rowOf(first - 1) : undefined, line, size);
    if (row % FOUR < FOUR - 1 && row < height - 1) continue;
    const count = (row % FOUR) + 1;
    boxRows(lines, 0, width, blurred, 0, width, along, count);
    for (let k = 0, at = (row - count + 1) * SIDE; k < count; k++)
      for (let j = 0; j < SIDE; j++, at++) thin[at] = blurred[k * width + columns[j]!]!;
  }
  return sampled(thin, height, down);
}

/** The second blur down the 64 columns, of the 64 rows that are wanted. */
function sampled(thin: Float32Array, height: number, window: number): Float32Array {
  const small = new Float32Array(SIDE * SIDE);
  const [total, line] = [new Float32Array(SIDE), new Float32Array(SIDE)];
  const rowOf = (row: number): Float32Array => thin.subarray(row * SIDE, row * SIDE + SIDE);
  const ahead = (window + 2) >> 1;
  for (let row = 0; row < ahead - 1 && row < height; row++) add(total, rowOf(row));
  for (let row = 0, wanted = 0; row < height; row++) {
    const last = row + ahead;
    const first = last - window;
    const size = Math.min(last, height) - Math.max(first, 0);
    turn(total, last <= height ? rowOf(last - 1) : undefined, first > 0 ? rowOf(first - 1) : undefined, line, size);
    for (; wanted < SIDE && centre(wanted, height) === row; wanted++) small.set(line, wanted * SIDE);
  }
  return small;
}

function add(total: Float32Array, row: Float32Array): void {
  for (let j = 0; j < total.length; j++) total[j] = total[j]! + row[j]!;
}

/** Sums of columns take a row in and let one go, each rounded; `to` gets the means over `size` rows. */
function turn(
  total: Float32Array,
  incoming: Float32Array | undefined,
  leaving: Float32Array | undefined,
  to: Float32Array,
  size: number,
): void {
  if (incoming !== undefined && leaving !== undefined) {
    for (let j = 0; j < total.length; j++) {
      const sum = fround(fround(total[j]! + incoming[j]!) - leaving[j]!);
      total[j] = sum;
      to[j] = sum / size;
    }
    return;
  }
  if (incoming !== undefined) add(total, incoming);
  for (let j = 0; j < total.length; j++) {
    if (leaving !== undefined) total[j] = total[j]! - leaving[j]!;
    to[j] = total[j]! / size;
  }
}

function windowOf(length: number): number {
  return Math.floor((length + 2 * SIDE - 1) / (2 * SIDE));
}

function centre(index: number, length: number): number {
  return Math.trunc(((index + 0.5) * length) / SIDE);
}

/**
 * A running mean over `window` values of some rows (`count`, at most four): a sum for each that takes a value in and lets one
 * go. Four sums do not wait for each other, which makes four rows as quick as two.
 */
function boxRows(
  from: Float32Array,
  start: number,
  stride: number,
  to: Float32Array,
  into: number,
  length: number,
  window: number,
  count: number,
): void {
  if (count === FOUR && window <= length) return boxFour(from, start, stride, to, into, length, window);
  for (let k = 0; k < count; k++) boxRow(from, start + k * stride, to, into + k * length, length, window);
}

function boxRow(
  from: Float32Array,
  start: number,
  to: Float32Array,
  into: number,
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
    to[into + i] = total / (Math.min(last, length) - Math.max(first, 0));
  }
}

function boxFour(
  from: Float32Array,
  start: number,
  stride: number,
  to: Float32Array,
  into: number,
  length: number,
  window: number,
): void {
  const ahead = (window + 2) >> 1;
  const [up, upper, top] = [stride, 2 * stride, 3 * stride];
  const [next, third, fourth] = [length, 2 * length, 3 * length];
  let [a, b, c, d] = [fround(0), fround(0), fround(0), fround(0)];
  let last = start; // what comes in
  for (const end = start + Math.min(ahead - 1, length); last < end; last++) {
    a = fround(a + from[last]!);
    b = fround(b + from[last + up]!);
    c = fround(c + from[last + upper]!);
    d = fround(d + from[last + top]!);
  }
  let at = into;
  const grown = into + Math.min(window, length) - ahead + 1; // until then nothing leaves
  for (let size = ahead; at < grown; at++, last++, size++) {
    a = fround(a + from[last]!);
    b = fround(b + from[last + up]!);
    c = fround(c + from[last + upper]!);
    d = fround(d + from[last + top]!);
    to[at] = a / size;
    to[at + next] = b / size;
    to[at + third] = c / size;
    to[at + fourth] = d / size;
  }
  const full = fround(window);
  let first = start; // what leaves
  for (const end = into + length - ahead + 1; at < end; at++, last++, first++) {
    a = fround(fround(a + from[last]!) - from[first]!);
    b = fround(fround(b + from[last + up]!) - from[first + up]!);
    c = fround(fround(c + from[last + upper]!) - from[first + upper]!);
    d = fround(fround(d + from[last + top]!) - from[first + top]!);
    to[at] = fround(a / full);
    to[at + next] = fround(b / full);
    to[at + third] = fround(c / full);
    to[at + fourth] = fround(d / full);
  }
  for (let size = window - 1; at < into + length; at++, first++, size--) {
    a = fround(a - from[first]!);
    b = fround(b - from[first + up]!);
    c = fround(c - from[first + upper]!);
    d = fround(d - from[first + top]!);
    to[at] = a / size;
    to[at + next] = b / size;
    to[at + third] = c / size;
    to[at + fourth] = d / size;
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
