"""What a person dictated, as Telegram plays a voice message: Opus in Ogg, one channel."""

import io
from array import array
from collections.abc import Sequence
from datetime import timedelta
from itertools import chain, pairwise
from typing import BinaryIO, NamedTuple

import av

from models.sniffing import HEAD, sniff

LONGEST = timedelta(minutes=15)
SLACK = timedelta(minutes=1)  # a browser's own clock stops a recording
RATE = 48_000  # Opus works at this rate
BLOCK = 960  # samples: 20 ms
BITS = 32_000  # a second: speech is clear with it
BARS, TALLEST = 42, 31  # as the bubble draws them
# What browsers record, by their first bytes: what else a decoder could read is never given to one.
FORMS = {"video/webm": "matroska", "audio/ogg": "ogg", "audio/mp4": "mp4", "video/mp4": "mp4"}


class Unplayable(Exception):
    """There is no sound in it that could be read."""


class TooLong(Exception):
    """Longer than a voice message may be here."""


class Voice(NamedTuple):
    """`peaks` are the loudest moments of equal parts, 0 to 31."""

    content: bytes
    duration: timedelta
    peaks: list[int]


def voiced(recorded: BinaryIO) -> Voice:
    """Raises Unplayable, TooLong."""
    form = FORMS.get(sniff(recorded.read(HEAD)).mime)
    recorded.seek(0)
    if form is None:
        raise Unplayable
    try:
        return _converted(recorded, form)
    except (av.FFmpegError, ValueError, EOFError, MemoryError) as error:
        raise Unplayable from error


def _converted(recorded: BinaryIO, form: str) -> Voice:
    most = (LONGEST + SLACK).total_seconds() * RATE
    out, loudness, samples = io.BytesIO(), list[int](), 0
    with (
        av.open(recorded, "r", format=form) as source,
        av.open(out, "w", format="ogg") as target,
    ):
        if not source.streams.audio:
            raise Unplayable
        if (source.duration or 0) / av.time_base * RATE > most:
            raise TooLong
        speech = target.add_stream("libopus", rate=RATE, layout="mono")
        speech.bit_rate = BITS
        even = av.AudioResampler(format="s16", layout="mono", rate=RATE, frame_size=BLOCK)
        for frame in chain(source.decode(audio=0), [None]):
            for block in even.resample(frame):
                loudness.append(_loudest(block))
                block.pts = samples
                samples += block.samples
                if samples > most:
                    raise TooLong
                target.mux(speech.encode(block))
        target.mux(speech.encode(None))
    if not samples:
        raise Unplayable
    return Voice(out.getvalue(), timedelta(seconds=samples / RATE), _bars(loudness))


def _loudest(block: av.AudioFrame) -> int:
    heard = array("h", bytes(block.planes[0])[: block.samples * 2])
    return max(max(heard), -min(heard))


def _bars(loudness: Sequence[int]) -> list[int]:
    """The loudest one is the tallest; silence stays flat."""
    ends = [round(number * len(loudness) / BARS) for number in range(BARS + 1)]
    parts = [max(loudness[a : max(b, a + 1)], default=0) for a, b in pairwise(ends)]
    top = max(*parts, 1)
    return [round(part / top * TALLEST) for part in parts]
