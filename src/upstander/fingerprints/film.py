"""Pictures of a film, about one a second, its first and its last: decoded one at a time, behind caps.

A whole decoding takes long, so it has a budget of time on the processor. What comes after it is looked at by
keyframes alone (phones and messengers write one every one to ten seconds), and the caller is told from where.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any, Final

import numpy as np

from upstander.fingerprints.decode import LARGEST
from upstander.fingerprints.errors import FingerprintError
from upstander.fingerprints.pdq import Bytes

PICTURES: Final = 7_200  # of one film: two hours at one a second
STEP: Final = 1.0  # seconds of film between two pictures
BUDGET: Final = 120.0  # seconds of processor time for decoding everything


@dataclass(slots=True)
class Film:
    """What became of a film. `keyframes_from`: seconds from which only keyframes were looked at, or None."""

    keyframes_from: float | None = None


def pictures(
    source: IO[bytes], film: Film, step: float = STEP, budget: float = BUDGET
) -> Iterator[tuple[float, Bytes]]:
    """Seconds from the start, and pixels. Raises FingerprintError; what came before stands."""
    import av

    try:
        with av.open(source, mode="r", metadata_errors="ignore") as opened:
            if opened.streams.video:
                yield from _chosen(opened, opened.streams.video[0], film, step, budget)
    except FingerprintError:
        raise
    except MemoryError:
        raise FingerprintError("a film that needs more memory than there is") from None
    except Exception:  # whatever a decoder of hostile bytes raises
        raise FingerprintError("a film that is damaged, cut short or of an unknown kind") from None


def _chosen(
    opened: Any, stream: Any, film: Film, step: float, budget: float
) -> Iterator[tuple[float, Bytes]]:
    context = stream.codec_context
    context.thread_count = 1
    context.skip_frame = "NONREF"  # what no other picture needs is never decoded
    rate = float(stream.average_rate or 25)
    began = time.process_time()
    count, due = 0, 0.0
    last: tuple[float, Any] | None = None
    for number, frame in enumerate(opened.decode(stream)):
        if frame.width * frame.height > LARGEST:
            raise FingerprintError("a film with pictures too large to be decoded")
        seconds = float(frame.time) if frame.time is not None else number / rate
        if film.keyframes_from is None and time.process_time() - began > budget:
            film.keyframes_from = seconds
            context.skip_frame = "NONKEY"
        if count and seconds < due and seconds >= due - 2 * step:  # a clock that jumps back starts anew
            last = seconds, frame
            continue
        if count >= PICTURES:
            raise FingerprintError(f"a film of more than {PICTURES} pictures: the rest was not looked at")
        last = None
        count, due = count + 1, seconds + step
        yield seconds, _pixels(frame)
    if last is not None:
        yield last[0], _pixels(last[1])


def _pixels(frame: Any) -> Bytes:
    return np.ascontiguousarray(frame.to_ndarray(format="rgb24"))
