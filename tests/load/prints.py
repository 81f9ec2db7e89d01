"""`python -m tests.load.prints`: measures fingerprints, and writes docs/reference/benchmarks-fingerprints.md.

Robustness is measured on pictures that are made here: no photographs ship with the packages of this project. They
have soft shapes, hard edges, shading and grain, but they are not photographs; the page says so.
"""

from __future__ import annotations

import argparse
import io
import itertools
import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter

from tests.fingerprints import making, phone
from tests.fingerprints.heic import heic
from tests.fingerprints.pictures import Pixels, scene
from upstander.fingerprints import colour, decode, film, findings, forms, heif, pdq
from upstander.fingerprints.compare import Comparer
from upstander.fingerprints.multiindex import MultiIndex
from upstander.fingerprints.search import PrefixScan

PAGE = Path(__file__).parents[2] / "docs/reference/benchmarks-fingerprints.md"
PHOTO, QUERY, BROWSER = 60.0, 1.0, 600.0  # milliseconds: the budgets
SCENES = range(200, 224)

Edit = Callable[[Pixels], Pixels]


def jpeg(quality: int, width: int = 0) -> Edit:
    """Saved again, perhaps smaller."""

    def edit(picture: Pixels) -> Pixels:
        small = phone.resized(picture, width) if width else picture
        return decode.colour(phone.encoded(small, quality=quality), "JPEG")

    return edit


def centre(per_cent: float) -> Edit:
    """The middle, `per_cent` of each length cut away."""

    def edit(picture: Pixels) -> Pixels:
        top, left = (round(side * per_cent / 200) for side in picture.shape[:2])
        return picture[top : picture.shape[0] - top, left : picture.shape[1] - left]

    return edit


def image(change: Callable[[Image.Image], Image.Image]) -> Edit:
    """Any change that Pillow makes."""
    return lambda picture: np.asarray(change(Image.fromarray(picture)))


def several(*edits: Edit) -> Edit:
    """One after the other."""

    def edit(picture: Pixels) -> Pixels:
        for one in edits:
            picture = np.ascontiguousarray(one(picture))
        return picture

    return edit


def bottom(per_cent: int) -> Edit:
    """The lowest part cut away."""
    return lambda picture: picture[: picture.shape[0] * (100 - per_cent) // 100]


def filmed(picture: Pixels) -> Pixels:
    """As a film shows it after a second of something else."""
    data = phone.film([scene(300), phone.resized(picture, 560)])
    return [pixels for _, pixels in film.pictures(io.BytesIO(data), film.Film())][1]


EDITS: dict[str, Edit] = {
    "JPEG q60": jpeg(60),
    "JPEG q30": jpeg(30),
    "JPEG q10": jpeg(10),
    "HEIC, in tiles": lambda picture: heif.pixels(heic(picture, tile=128)),
    "a second of a film (MPEG-4)": filmed,
    "half size, q75": jpeg(75, 280),
    "128 pixels wide": jpeg(75, 128),
    "forwarded twice (smaller and q60, twice)": several(jpeg(60, 420), jpeg(60, 320)),
    "brighter by a third": image(lambda one: ImageEnhance.Brightness(one).enhance(1.33)),
    "grey": image(lambda one: one.convert("L").convert("RGB")),
    "blur, radius 2": image(lambda one: one.filter(ImageFilter.GaussianBlur(2))),
    "centre crop 2 %": centre(2),
    "centre crop 5 %": centre(5),
    "centre crop 10 %": centre(10),
    "centre crop 15 %": centre(15),
    "centre crop 22 %": centre(22),
    "bottom crop 5 %": bottom(5),
    "bottom crop 10 %": bottom(10),
    "mirrored": lambda picture: picture[:, ::-1],
    "turned by 90 degrees": np.rot90,
    "turned by 2 degrees": image(lambda one: one.rotate(2)),
    "screenshot, letterboxed": phone.screenshot,
    "caption bar": phone.captioned,
    "mirrored, crop 5 %, q60": several(lambda picture: picture[:, ::-1], centre(5), jpeg(60)),
    "screenshot of a 6 % crop": several(centre(6), phone.screenshot),
}


def robustness() -> tuple[list[str], int]:
    """A row an edit, and the nearest wrong picture over all of them."""
    pictures = [scene(number) for number in SCENES]
    bank = making.bank_of(pictures)
    comparer = Comparer(bank)
    rows, nearest = [], 256
    for name, edit in EDITS.items():
        one, apart, bands = 0, [], []
        for number, picture in enumerate(pictures):
            edited = np.ascontiguousarray(edit(picture))
            hashed = pdq.hash_luma(pdq.luma(edited)).hash
            plain = pdq.distance(hashed, bank.pictures[number].prints[0].hash)
            one += plain <= findings.MATCH
            apart.append(plain)
            grey = np.round(pdq.luma(edited)).astype(np.uint8)
            hits, _ = comparer.look(grey, lambda edited=edited: edited)  # type: ignore[misc]
            bands += [hit.band for hit in hits if hit.picture == number]
            nearest = min(nearest, wrong(grey, bank.pictures, number))
        total = len(pictures)
        counts = [sum(band == wanted for band in bands) for wanted in findings.ORDER]
        rows.append(
            f"| {name} | {statistics.median(apart):.0f} / {max(apart)} | {one / total:.0%} | "
            + " | ".join(f"{count / total:.0%}" for count in counts)
            + " |"
        )
    return rows, nearest


def wrong(grey: Pixels, pictures: Sequence[object], right: int) -> int:
    """The least distance to any other picture of the bank, over all forms."""
    hashes = [one for cut in forms.cuts(grey) for one in pdq.screen(cut.of(grey))[0]]
    others = [p.hash for n, one in enumerate(pictures) if n != right for p in one.prints]  # type: ignore[attr-defined]
    table = np.frombuffer(b"".join(others), np.uint64).reshape(-1, 4)
    asked = np.frombuffer(b"".join(hashes), np.uint64).reshape(-1, 4)
    return int(np.bitwise_count(table[:, None] ^ asked[None]).sum(axis=2).min())


def pairs() -> tuple[int, float, float, int]:
    """Of unrelated pictures: nearest, mean and spread in bits; nearest colour layouts."""
    pictures = [scene(number) for number in SCENES]
    hashes = [pdq.hash_luma(pdq.luma(one)).hash for one in pictures]
    apart = [pdq.distance(a, b) for a, b in itertools.combinations(hashes, 2)]
    layouts = [colour.layout(one) for one in pictures]
    colours = [colour.distance(a, b) for a, b in itertools.combinations(layouts, 2)]
    return (
        min(apart),
        statistics.mean(apart),
        statistics.stdev(apart),
        min(one for one in colours if one is not None),
    )


def best(job: Callable[[], object], times: int) -> float:
    """CPU milliseconds, the best of several runs: others use this machine too."""
    taken = []
    for _ in range(times):
        start = time.process_time()
        job()
        taken.append((time.process_time() - start) * 1000)
    return min(taken)


def photo() -> tuple[float, float, float, int]:
    """CPU ms for a 12-megapixel JPEG: eight orientations of the screening scale; with borders and bars; exactly."""
    large = phone.resized(scene(230), 4000)
    data = phone.encoded(large, quality=88)
    comparer = Comparer(making.bank_of([scene(231)]))

    def screened() -> object:
        return pdq.screen(decode.grey(data, "JPEG"))

    def looked() -> object:
        return comparer.look(decode.grey(data, "JPEG"), lambda: decode.colour(data, "JPEG"))

    def exactly() -> object:
        return pdq.orientations(pdq.luma(decode.colour(data, "JPEG")))

    return best(screened, 7), best(looked, 5), best(exactly, 3), len(data)


def searching(size: int) -> tuple[float, float, float, int]:
    """CPU ms a query over `size` random hashes with needles at 31 bits: index (median), scan (median); seconds to build; missed."""
    random = np.random.default_rng(1)
    rows = np.frombuffer(random.bytes(32 * size), np.uint8).reshape(-1, 32)
    start = time.perf_counter()
    index = MultiIndex(rows)
    built = time.perf_counter() - start
    needles = []
    for _ in range(40):
        row = int(random.integers(size))
        bits = sum(1 << int(bit) for bit in random.choice(256, 31, replace=False))
        needles.append((row, (int.from_bytes(rows[row].tobytes()) ^ bits).to_bytes(32)))

    def timed(search: MultiIndex | PrefixScan, wanted: list[tuple[int, bytes]]) -> tuple[float, int]:
        taken, missed = [], 0
        for row, needle in wanted:
            begun = time.process_time()
            found = search.within(needle, 31)
            taken.append((time.process_time() - begun) * 1000)
            missed += found != [(row, 31)]
        return statistics.median(taken), missed

    quick, missed = timed(index, needles)
    del index
    slow, also = timed(PrefixScan(rows), needles[:8])
    return quick, slow, built, missed + also


def browser() -> list[str]:
    """Wall ms in Chromium for a 12-megapixel JPEG: decoding, eight orientations; and the seven fingerprints."""
    import base64
    import shutil
    import subprocess
    import tempfile

    chromium = shutil.which("chromium")
    if chromium is None:
        return ["| Chromium | not measured: it is not installed here |"]
    from playwright.sync_api import sync_playwright

    source = """
      import { luma, orientations, prints } from "./client/lib/pdq.ts";
      globalThis.measure = async (text) => {
        const blob = new Blob([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))]);
        const start = performance.now();
        const bitmap = await createImageBitmap(blob, { colorSpaceConversion: "none" });
        const { width, height } = bitmap;
        const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
        context.drawImage(bitmap, 0, 0);
        const pixels = { data: context.getImageData(0, 0, width, height).data, width, height };
        const decoded = performance.now();
        const { hashes } = orientations(luma(pixels));
        const hashed = performance.now();
        prints(pixels);
        return { decode: decoded - start, eight: hashed - decoded, seven: performance.now() - hashed, hashes };
      };"""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        bundle = Path(folder) / "measure.js"
        subprocess.run(
            ["node_modules/.bin/esbuild", "--bundle", "--format=iife", "--loader=ts", f"--outfile={bundle}"],
            input=source,
            text=True,
            check=True,
            capture_output=True,
            cwd=PAGE.parents[2],
        )
        shown = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = shown.new_page()
        page.add_script_tag(path=str(bundle))
        data = phone.encoded(phone.resized(scene(230), 4000), quality=88)
        runs = [page.evaluate("text => measure(text)", base64.b64encode(data).decode()) for _ in range(4)]
        version = shown.version
        shown.close()
    exact = [one.hex() for one in pdq.orientations(pdq.luma(decode.colour(data, "JPEG")))[0]]
    same = "the same eight hashes as Python" if runs[0]["hashes"] == exact else "OTHER hashes than Python"
    low = {part: min(run[part] for run in runs) for part in ("decode", "eight", "seven")}
    return [
        f"| Chromium {version}: 12-megapixel JPEG, eight orientations without decoding ({same}) "
        f"| {low['eight']:.0f} ms | {BROWSER:.0f} ms | {met(low['eight'], BROWSER)} |",
        f"| decoding in the same browser | {low['decode']:.0f} ms | | |",
        f"| seven fingerprints (hash and six crops) | {low['seven']:.0f} ms | | |",
    ]


def met(value: float, budget: float) -> str:
    """In words."""
    return "met" if value <= budget else "**missed**"


def main() -> None:
    """Measures everything and writes the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hashes", type=int, default=10_000_000, help="size of the searched bank")
    arguments = parser.parse_args()
    out = io.StringIO()
    print("Photo ...", flush=True)
    screened, looked, exactly, size = photo()
    print("Browser ...", flush=True)
    chromium = browser()
    print("Search ...", flush=True)
    quick, slow, built, missed = searching(arguments.hashes)
    print("Robustness ...", flush=True)
    rows, nearest = robustness()
    least, mean, spread, colours = pairs()
    load = os.getloadavg()[0]
    print(
        f"""# Benchmarks of fingerprints

Written by `python -m tests.load.prints`. One run on {os.cpu_count()} cores ({platform.machine()}, Python {platform.python_version()},
NumPy {np.__version__}, Pillow {Image.__version__}), **while others used the machine** (load {load:.1f} when it ended). CPU time is the best of
several runs on one core, of searches the median; the browser is wall time, and the building of the index. Take every figure as +-30 %,
and wall time on a busy machine as several times too long.

## Speed

| what | measured | budget | |
|---|---|---|---|
| 12-megapixel JPEG ({size / 1e6:.1f} MB), decoded at the screening scale, eight orientations | {screened:.0f} ms CPU | {PHOTO:.0f} ms | {met(screened, PHOTO)} |
| the same with borders and bars looked for, and asked of a small bank | {looked:.0f} ms CPU | | |
| the same decoded whole, every step rounded as the reference does | {exactly:.0f} ms CPU | | only what came near |
| {arguments.hashes:,} random hashes, within 31 bits, multi-index ({missed} of 48 planted needles missed) | {quick:.2f} ms CPU a query | {QUERY:.0f} ms | {met(quick, QUERY)} |
| the same, reading through (any threshold) | {slow:.0f} ms CPU a query | | |
| building the index | {built:.0f} s | | |
"""
        + "\n".join(chromium)
        + f"""

Real hashes cluster a little, so that the slots of an index are less even than with random ones.

## Robustness

{len(SCENES)} pictures that are **made by a program** (`tests/fingerprints/pictures.py`): no photographs ship with the packages of this
project. Shapes, edges, shading and grain are like those of photographs, but they are not photographs, and nobody is in them. Figures
from 35 real photographs are in [the explanation](../explanation/fingerprints.md). "One hash" is PDQ as it is usually used: one
hash of the whole picture, within 31 bits. The bands are what a scan says, with seven fingerprints, eight orientations, borders and bars cut off, and
the second look at colour.

| edit | bits, median / most | one hash | match | possible | weak |
|---|---|---|---|---|---|
"""
        + "\n".join(rows)
        + f"""

Nearest wrong picture over all these edits and forms: **{nearest} bits**. Unrelated pairs, whole pictures: nearest {least}, mean {mean:.1f}, spread {spread:.1f} bits of 256;
nearest colour layouts {colours} of 128 bits (a match needs {colour.NEAR} or fewer).
""",
        file=out,
    )
    PAGE.write_text(out.getvalue().rstrip("\n") + "\n", "utf-8")
    print(f"Wrote {PAGE.name}.")


if __name__ == "__main__":
    main()
