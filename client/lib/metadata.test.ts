import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync } from "node:zlib";
import { concat, utf8 } from "./bytes.ts";
import { stripBytes, stripMetadata } from "./metadata.ts";
import { crc32 } from "./metadata-png.ts";
import { dice } from "./testing.ts";
import { MetadataError, readOrientation, writeOrientation } from "./tiff.ts";

const SECRET = "SECRET-PLACE-51.5N";

function exif(orientation: number, little = false): Uint8Array {
  const tiff = new Uint8Array(8 + 2 + 2 * 12 + 4 + SECRET.length);
  const view = new DataView(tiff.buffer);
  tiff.set(utf8(little ? "II" : "MM"));
  view.setUint16(2, 42, little);
  view.setUint32(4, 8, little);
  view.setUint16(8, 2, little);
  const entry = (at: number, tag: number, type: number, count: number) => {
    view.setUint16(at, tag, little);
    view.setUint16(at + 2, type, little);
    view.setUint32(at + 4, count, little);
  };
  entry(10, 0x010e, 2, SECRET.length);
  view.setUint32(18, 38, little);
  entry(22, 0x0112, 3, 1);
  view.setUint16(30, orientation, little);
  tiff.set(utf8(SECRET), 38);
  return tiff;
}

function segment(marker: number, ...body: Uint8Array[]): Uint8Array {
  const whole = concat(...body);
  return concat(new Uint8Array([0xff, marker, (whole.length + 2) >> 8, (whole.length + 2) & 255]), whole);
}

const scan = new Uint8Array([1, 2, 0xff, 0, 3, 0xff, 0xd0, 4, 5, 0xff, 0xff, 0, 6]);
const tables = segment(0xdb, new Uint8Array(65));
const frame = segment(0xc2, new Uint8Array([8, 0, 1, 0, 1, 1, 1, 0x11, 0]));
const start = segment(0xda, new Uint8Array([1, 1, 0, 0, 63, 0]));
const profile = segment(0xe2, utf8("ICC_PROFILE\0"), new Uint8Array([1, 1, 9, 9, 9]));

function jpeg(orientation = 6): Uint8Array {
  return concat(
    new Uint8Array([0xff, 0xd8]),
    segment(0xe0, utf8("JFIF\0"), new Uint8Array([1, 2, 0, 0, 1, 0, 1, 1, 1]), utf8("thumbSECRET")),
    segment(0xe0, utf8("JFXX\0"), utf8(SECRET)),
    segment(0xe1, utf8("Exif\0\0"), exif(orientation)),
    segment(0xe1, utf8(`http://ns.adobe.com/xap/1.0/\0<x>${SECRET}</x>`)),
    segment(0xe2, utf8(`MPF\0${SECRET}`)),
    profile,
    segment(0xed, utf8(`Photoshop 3.0\0${SECRET}`)),
    segment(0xee, utf8("Adobe"), new Uint8Array(7)),
    segment(0xfe, utf8(SECRET)),
    tables,
    frame,
    new Uint8Array([0xff, 0xff]), // fill bytes
    segment(0xeb, utf8(SECRET)).slice(1),
    start,
    scan,
    segment(0xfe, utf8(SECRET)), // between the scans of a progressive picture
    segment(0xc4, new Uint8Array(20)),
    start,
    scan,
    new Uint8Array([0xff, 0xd9]),
    utf8(`after the end ${SECRET}`),
    new Uint8Array([0xff, 0xd8, 0xff, 0xe1]),
  );
}

function chunk(kind: string, body: Uint8Array): Uint8Array {
  const named = concat(utf8(kind), body);
  const frameBytes = new DataView(new ArrayBuffer(8));
  frameBytes.setUint32(0, body.length);
  frameBytes.setUint32(4, crc32(named));
  const bytes = new Uint8Array(frameBytes.buffer);
  return concat(bytes.slice(0, 4), named, bytes.slice(4));
}

const header = chunk("IHDR", new Uint8Array([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]));
const pixels = chunk("IDAT", new Uint8Array(deflateSync(new Uint8Array([0, 7]))));
const pngSignature = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]);

function png(orientation = 3): Uint8Array {
  return concat(
    pngSignature,
    header,
    chunk("iCCP", utf8("profile\0\0xx")),
    chunk("tEXt", utf8(`Comment\0${SECRET}`)),
    chunk("iTXt", utf8(`XML:com.adobe.xmp\0\0\0\0\0${SECRET}`)),
    chunk("zTXt", utf8(`Author\0\0${SECRET}`)),
    chunk("tIME", new Uint8Array(7)),
    chunk("eXIf", exif(orientation, true)),
    chunk("caBX", utf8(SECRET)),
    pixels,
    chunk("tEXt", utf8(`Software\0${SECRET}`)),
    chunk("IEND", new Uint8Array(0)),
    utf8(`what was cropped away ${SECRET}`),
  );
}

function riff(kind: string, body: Uint8Array): Uint8Array {
  const size = new Uint8Array(4);
  new DataView(size.buffer).setUint32(0, body.length, true);
  return concat(utf8(kind), size, body, new Uint8Array(body.length % 2));
}

function webp(orientation = 8): Uint8Array {
  const frames = concat(
    new Uint8Array(16),
    riff("ALPH", new Uint8Array(3)),
    riff("VP8 ", new Uint8Array(10)),
    riff("note", utf8(SECRET)),
  );
  const chunks = concat(
    utf8("WEBP"),
    riff("VP8X", new Uint8Array([0x2e, 0, 0, 0, 0, 0, 0, 0, 0, 0])),
    riff("ICCP", new Uint8Array(5)),
    riff("ANIM", new Uint8Array(6)),
    riff("ANMF", frames),
    riff("EXIF", concat(utf8("Exif\0\0"), exif(orientation))),
    riff("XMP ", utf8(SECRET)),
    riff("oddx", utf8(SECRET)),
  );
  const size = new Uint8Array(4);
  new DataView(size.buffer).setUint32(0, chunks.length, true);
  return concat(utf8("RIFF"), size, chunks, utf8(SECRET));
}

const latin = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");
const clean = (bytes: Uint8Array): Uint8Array => stripBytes(bytes)!.bytes;

test("nothing that was said about the picture is left", () => {
  for (const make of [jpeg, png, webp]) {
    const left = latin(clean(make()));
    assert.ok(latin(make()).includes("SECRET"));
    assert.ok(!left.includes("SECRET") && !left.includes("Photoshop") && !left.includes("xap"), make.name);
  }
});

test("a JPEG keeps its picture byte for byte, its colours, and which way up it is", () => {
  const bytes = clean(jpeg());
  const orientation = segment(0xe1, utf8("Exif\0\0"), writeOrientation(6)!);
  const jfif = segment(0xe0, utf8("JFIF\0"), new Uint8Array([1, 2, 0, 0, 1, 0, 1, 0, 0]));
  const adobe = segment(0xee, utf8("Adobe"), new Uint8Array(7));
  const huffman = segment(0xc4, new Uint8Array(20));
  const expected = [jfif, orientation, profile, adobe, tables, frame, start, scan, huffman, start, scan];
  assert.deepEqual(bytes, concat(new Uint8Array([0xff, 0xd8]), ...expected, new Uint8Array([0xff, 0xd9])));
  assert.ok(!latin(clean(jpeg(1))).includes("Exif"));
});

test("a PNG keeps its picture, its colours, and which way up it is", () => {
  const turned = chunk("eXIf", writeOrientation(3)!);
  const expected = concat(
    pngSignature,
    header,
    turned,
    chunk("iCCP", utf8("profile\0\0xx")),
    pixels,
    chunk("IEND", new Uint8Array(0)),
  );
  assert.deepEqual(clean(png()), expected);
  assert.ok(!latin(clean(png(1))).includes("eXIf"));
  assert.equal(crc32(utf8("123456789")), 0xcbf43926);
});

test("a WebP keeps its picture and animation, and its header says what is left", () => {
  const bytes = clean(webp());
  assert.equal(new DataView(bytes.buffer).getUint32(4, true), bytes.length - 8);
  assert.equal(bytes[20], 0x2a); // ICC and animation still there, EXIF there, XMP gone
  assert.equal(readOrientation(bytes.slice(-26)), 8);
  assert.equal(clean(webp(1))[20], 0x22);
  assert.ok(latin(bytes).includes("ALPH") && !latin(bytes).includes("note"));
});

test("cleaning twice changes nothing more", () => {
  for (const make of [jpeg, png, webp]) assert.deepEqual(clean(clean(make())), clean(make()));
});

test("every orientation survives in both byte orders, nonsense is upright", () => {
  for (let value = 1; value <= 8; value++) {
    for (const little of [true, false]) assert.equal(readOrientation(exif(value, little)), value);
    assert.equal(readOrientation(writeOrientation(value) ?? new Uint8Array(0)), value);
  }
  for (const wrong of [0, 9, 65535]) assert.equal(readOrientation(exif(wrong)), 1);
  assert.equal(readOrientation(utf8("MM\0*\xff\xff\xff\xff")), 1);
});

test("other kinds of file come back as they were, and are said to be", async () => {
  for (const other of [
    utf8("GIF89a"),
    utf8("%PDF-1.7"),
    new Uint8Array(0),
    utf8("\u0000\u0000\u0000 ftypheic"),
  ]) {
    const file = new Blob([other], { type: "image/jpeg" });
    const { content, stripped } = await stripMetadata(file);
    assert.deepEqual([content, stripped], [file, false]);
  }
  const { content, type, stripped } = await stripMetadata(
    new Blob([new Uint8Array(png())], { type: "text/html" }),
  );
  assert.deepEqual([type, stripped, content.type], ["image/png", true, "image/png"]);
  assert.deepEqual(new Uint8Array(await content.arrayBuffer()), clean(png()));
});

test("a picture that cannot be read for certain is refused", () => {
  const wrong = [
    jpeg().slice(0, 300),
    concat(new Uint8Array([0xff, 0xd8, 0xff, 0xd9])),
    concat(new Uint8Array([0xff, 0xd8]), segment(0xfe, utf8("x")), utf8("not a marker")),
    png().slice(0, 60),
    concat(pngSignature, pixels, header),
    concat(pngSignature, header, chunk("CgBI", new Uint8Array(4)), pixels, chunk("IEND", new Uint8Array(0))),
    webp().slice(0, 40),
    utf8("RIFF\u0004\u0000\u0000\u0000WEBP"),
  ];
  for (const [i, one] of wrong.entries()) assert.throws(() => stripBytes(one), MetadataError, `file ${i}`);
});

test("a JPEG that is cut short after its picture began keeps what is there, and gets an end", () => {
  const bytes = jpeg();
  const firstScan = latin(bytes).indexOf(latin(scan));
  for (let length = firstScan; length < bytes.length; length++) {
    const kept = clean(bytes.slice(0, length));
    assert.deepEqual([kept.at(-2), kept.at(-1)], [0xff, 0xd9]);
    assert.ok(!latin(kept).includes("SECRET"));
  }
  for (let length = 3; length < firstScan; length++)
    assert.throws(() => clean(bytes.slice(0, length)), MetadataError);
});

test("cuts, flips and shuffles never throw anything else and never loop", () => {
  const roll = dice(20261123);
  let survived = 0;
  for (let round = 0; round < 3000; round++) {
    const source = [jpeg, png, webp][round % 3]!();
    const bytes = roll(2) === 0 ? source.slice(0, roll(source.length)) : source;
    for (let n = roll(4); n > 0 && bytes.length > 0; n--)
      bytes[roll(bytes.length)] = [0, 0xff, 0xd8, 0xda, roll(256)][roll(5)]!;
    if (roll(5) === 0) bytes.copyWithin(roll(bytes.length), roll(bytes.length), roll(bytes.length));
    try {
      const result = stripBytes(bytes);
      if (result === null) continue;
      survived += 1;
      assert.ok(result.bytes.length <= bytes.length + 64);
    } catch (error) {
      assert.ok(error instanceof MetadataError, `round ${round}: ${String(error)}`);
    }
  }
  assert.ok(survived > 100, `${survived} files were read`);
});
