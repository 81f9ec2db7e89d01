// The colour layout: a second, independent look at a picture; the twin of src/upstander/fingerprints/colour.py.
import { hex } from "./bytes.ts";
import type { Pixels } from "./pdq.ts";

const CELLS = 8; // a side
const COLOURFUL = 12; // levels of 255 between reddest and least red cell, or it says nothing

/**
 * For each of 8 x 8 cells whether it is redder, and whether it is bluer, than the middle one: 32 hexadecimal digits.
 * Empty where there is hardly any colour, or below 8 pixels. `crop` per cent are cut away first, as for the hash.
 */
export function layout({ data, width, height }: Pixels, crop = 0): string {
  const [left, top] = [Math.floor((width * crop) / 200), Math.floor((height * crop) / 200)];
  const [across, down] = [width - 2 * left, height - 2 * top];
  if (Math.min(across, down) < CELLS) return "";
  const edge = (length: number, i: number): number => Math.floor((length * i) / CELLS);
  const redness: number[] = [];
  const blueness: number[] = [];
  for (let row = 0; row < CELLS; row++)
    for (let column = 0; column < CELLS; column++) {
      const [up, low] = [edge(down, row), edge(down, row + 1)];
      const [start, end] = [edge(across, column), edge(across, column + 1)];
      let [red, green, blue] = [0, 0, 0];
      for (let y = top + up; y < top + low; y++)
        for (let at = (y * width + left + start) * 4, x = start; x < end; x++, at += 4) {
          red += data[at]!;
          green += data[at + 1]!;
          blue += data[at + 2]!;
        }
      const count = (low - up) * (end - start);
      redness.push((red - green) / count);
      blueness.push((2 * blue - red - green) / count);
    }
  if (Math.max(range(redness), range(blueness)) < COLOURFUL) return "";
  const bits = [...aboveMiddle(redness), ...aboveMiddle(blueness)];
  const bytes = new Uint8Array(bits.length / 8);
  bits.forEach((bit, index) => (bytes[index >> 3]! |= Number(bit) << (7 - (index & 7))));
  return hex(bytes);
}

function range(values: readonly number[]): number {
  return Math.max(...values) - Math.min(...values);
}

function aboveMiddle(values: readonly number[]): boolean[] {
  const middle = [...values].sort((a, b) => a - b)[(CELLS * CELLS) / 2 - 1]!;
  return values.map((value) => value > middle);
}
