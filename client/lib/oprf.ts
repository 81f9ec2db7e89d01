// Threshold OPRF, the client's half: RFC 9497 VOPRF over ristretto255, answered by several keepers who share
// one key (docs/explanation/keepers.md). noble's arithmetic on big integers does not take constant time: what
// could be timed on her own device are her own names.
import { ristretto255, ristretto255_oprf } from "@noble/curves/ed25519.js";
import { equal, FormatError } from "./bytes.ts";
import type { Bytes } from "./bytes.ts";

/** Kept (`input`, `blind`) and sent (`element`, 32 bytes). */
export interface Blinded {
  readonly input: Uint8Array;
  readonly blind: Uint8Array;
  readonly element: Uint8Array;
}

/** A keeper as the roster names it: its place, from 1, and its part of the public key. */
export interface KeeperPart {
  readonly name: string;
  readonly place: number;
  readonly part: Uint8Array;
}

/** A key shared over keepers, any `needs` of which can answer. */
export interface SharedKey {
  readonly key: Uint8Array;
  readonly needs: number;
  readonly keepers: readonly KeeperPart[];
}

/** A keeper's answer to a batch: 32 bytes for each element, and one proof of 64 bytes. */
export interface Answer {
  readonly elements: readonly Uint8Array[];
  readonly proof: Uint8Array;
}

/** Too few keepers gave a right answer. `liars` says who gave a wrong one. */
export class TooFewError extends Error {
  override name = "TooFewError";
  readonly liars: readonly string[];
  constructor(good: number, needs: number, liars: readonly string[]) {
    super(`${good} keepers gave a right answer; ${needs} are needed.`);
    this.liars = liars;
  }
}

type Point = InstanceType<typeof ristretto255.Point>;
const { Point } = ristretto255;
const { Fn } = Point;
const LARGEST = 255; // keepers at most

/** An input made unreadable: what is sent says nothing about it, not even that it was asked before. */
export function blind(input: Uint8Array): Blinded {
  const { blind, blinded } = ristretto255_oprf.voprf.blind(input);
  return { input, blind, element: blinded };
}

/** Refuses a shared key whose parts are not those of one key with this threshold. */
export function checkSharedKey({ key, needs, keepers }: SharedKey): void {
  const places = keepers.map((one) => one.place);
  const names = new Set(keepers.map((one) => one.name));
  const right = (place: number) => Number.isInteger(place) && place >= 1 && place <= LARGEST;
  if (new Set(places).size !== places.length || names.size !== places.length || !places.every(right))
    throw new FormatError("Two keepers have one place or name, or a place that may not be.");
  if (!Number.isInteger(needs) || needs < 2 || needs > places.length)
    throw new FormatError("There are fewer keepers than are needed.");
  const points = keepers.map((one): [number, Point] => [one.place, decodeElement(one.part)]);
  const first = points.slice(0, needs);
  if (!interpolate(first, 0).equals(decodeElement(key)))
    throw new FormatError("The keepers' parts do not make this key.");
  if (interpolate(first.slice(1), 0).equals(decodeElement(key)))
    throw new FormatError("Fewer keepers make this key than it says are needed.");
  if (points.slice(needs).some(([place, point]) => !interpolate(first, place).equals(point)))
    throw new FormatError("A keeper's part does not belong to this key.");
}

/**
 * The outputs, 64 bytes each, that the whole key would give. Every answer is checked, so that each liar is named;
 * the first right ones are used.
 */
export function combine(
  shared: SharedKey,
  blinded: readonly Blinded[],
  answers: ReadonlyMap<string, Answer>,
): { outputs: Bytes[]; liars: string[] } {
  const good: [number, Point[]][] = [];
  const liars: string[] = [];
  for (const [name, answer] of answers) {
    const keeper = shared.keepers.find((one) => one.name === name);
    const points = keeper && proven(keeper, blinded, answer);
    if (keeper && points) good.push([keeper.place, points]);
    else liars.push(name);
  }
  if (good.length < shared.needs) throw new TooFewError(good.length, shared.needs, liars);
  const used = good.slice(0, shared.needs);
  const outputs = blinded.map((one, i) => {
    const evaluated = interpolate(
      used.map(([place, points]) => [place, points[i]!]),
      0,
    );
    return new Uint8Array(ristretto255_oprf.oprf.finalize(one.input, one.blind, evaluated.toBytes()));
  });
  return { outputs, liars };
}

/** The decoded elements of an answer whose proof is right, or nothing. */
function proven(
  { part }: KeeperPart,
  blinded: readonly Blinded[],
  answer: Answer,
): Point[] | undefined {
  if (blinded.length === 0 || answer.elements.length !== blinded.length) return undefined;
  const items = blinded.map((one, i) => ({
    input: one.input,
    blind: one.blind,
    blinded: one.element,
    evaluated: answer.elements[i]!,
  }));
  try {
    ristretto255_oprf.voprf.finalizeBatch(items, part, answer.proof); // throws unless the proof is right
    return answer.elements.map(decodeElement);
  } catch {
    return undefined;
  }
}

/** The element behind 32 canonical bytes; the identity is refused. */
export function decodeElement(bytes: Uint8Array): Point {
  let point: Point;
  try {
    point = Point.fromBytes(bytes);
  } catch {
    throw new FormatError("These bytes are not an element.");
  }
  if (point.is0() || !equal(point.toBytes(), bytes)) throw new FormatError("This element may not be used.");
  return point;
}

/** Lagrange's formula in the group: the element at a place that follows from elements at others. */
function interpolate(points: readonly (readonly [number, Point])[], at: number): Point {
  const total = points.reduce((sum, [place, point]) => {
    const others = points.filter(([other]) => other !== place).map(([other]) => other);
    const above = others.reduce((product, other) => Fn.mul(product, Fn.create(BigInt(at - other))), 1n);
    const below = others.reduce((product, other) => Fn.mul(product, Fn.create(BigInt(place - other))), 1n);
    return sum.add(point.multiply(Fn.mul(above, Fn.inv(below))));
  }, Point.ZERO);
  if (total.is0()) throw new FormatError("This element may not be used.");
  return total;
}

