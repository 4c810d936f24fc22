"""Media with real bytes: made ones for the demo and tests, and what is found in given ones."""

import io
import math
import struct
from functools import lru_cache
from typing import Any

import av
from PIL import Image, ImageDraw, ImageFont, UnidentifiedImageError

from phone.files import Media
from phone.refusals import bad_request

GROUNDS = ("#b9a78f", "#8fa6c4", "#dfe6f5", "#f0b88a", "#5f6b7d", "#cfd6dd", "#7d9f8c")
RATE = 48_000  # Opus works at this rate
BLOCK = 960  # samples, 20 ms


@lru_cache(maxsize=256)
def photo(
    *, width: int = 640, height: int = 480, seed: int = 0, label: str = "", size: int = 0
) -> Media:
    """A JPEG; `size` pads it with bytes behind its end, which every decoder ignores."""
    content = _encoded(_picture(width, height, seed, label), "JPEG", quality=82)
    content += bytes(max(0, size - len(content)))
    return Media(kind="photo", content=content, mime="image/jpeg", width=width, height=height)


@lru_cache(maxsize=16)
def sticker(*, seed: int = 0) -> Media:
    picture = Image.new("RGBA", (512, 512))
    drawing = ImageDraw.Draw(picture)
    drawing.ellipse((40, 40, 472, 472), fill=("#f6c945", "#7fc8f8", "#f29e8e")[seed % 3])
    for eye in (170, 310):
        drawing.ellipse((eye, 180, eye + 36, 236), fill="#2b2b33")
    drawing.arc((150, 190, 362, 390), 20, 160, fill="#2b2b33", width=18)
    content = _encoded(picture, "WEBP")
    return Media(kind="sticker", content=content, mime="image/webp", width=512, height=512)


@lru_cache(maxsize=16)
def document(*, name: str = "document.pdf", label: str = "") -> Media:
    if not name.lower().endswith(".pdf"):
        return Media(kind="document", content=label.encode() or b"-", mime="text/plain", name=name)
    content = _encoded(_picture(420, 594, 2, label or name), "PDF")
    return Media(kind="document", content=content, mime="application/pdf", name=name)


@lru_cache(maxsize=32)
def voice(*, seconds: int = 3, seed: int = 0) -> Media:
    """OGG with Opus: a voice-like hum that rises and falls."""
    out = io.BytesIO()
    with av.open(out, "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=RATE, layout="mono")
        stream.bit_rate = 24_000
        for block in range(seconds * RATE // BLOCK):
            container.mux(stream.encode(_hum(block, seed)))
        container.mux(stream.encode(None))
    return Media(kind="voice", content=out.getvalue(), mime="audio/ogg", duration=seconds)


@lru_cache(maxsize=32)
def video(
    *, seconds: int = 2, width: int = 320, height: int = 240, seed: int = 0, kind: str = "video"
) -> Media:
    """MP4 with H.264, ten frames a second; for a circle ask for a square and that kind."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=10, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number in range(seconds * 10):
            picture = _picture(width, height, seed, f"0:{number // 10:02}")
            spot = width * number // max(1, seconds * 10)
            ImageDraw.Draw(picture).rectangle((0, height - 8, spot, height), fill="#2a5bd7")
            container.mux(stream.encode(_frame(picture)))
        container.mux(stream.encode(None))
    return Media(
        kind=kind,
        content=out.getvalue(),
        mime="video/mp4",
        name="video.mp4" if kind == "video" else None,
        width=width,
        height=height,
        duration=seconds,
    )


def thumbnail(content: bytes) -> Media:
    """A JPEG of at most 320 pixels."""
    picture = Image.open(io.BytesIO(content)).convert("RGB")
    picture.thumbnail((320, 320))
    return Media(
        kind="photo",
        content=_encoded(picture, "JPEG", quality=80),
        mime="image/jpeg",
        width=picture.width,
        height=picture.height,
    )


def measured(media: Media) -> Media:
    """The same with sizes and length read from the bytes, where nobody said them.

    A photo that is none, or has an impossible shape, is refused; other kinds pass as they are.
    """
    if media.kind == "photo":
        try:
            with Image.open(io.BytesIO(media.content)) as picture:
                media.width, media.height = picture.size
        except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
            raise bad_request("IMAGE_PROCESS_FAILED") from None
        longest, shortest = max(media.width, media.height), min(media.width, media.height)
        if media.width + media.height > 10_000 or longest > 20 * shortest:
            raise bad_request("PHOTO_INVALID_DIMENSIONS")
        media.mime = "image/jpeg"
    elif media.kind in ("voice", "audio", "video", "animation", "video_note"):
        _probe(media)
    return media


def _probe(media: Media) -> None:
    if media.duration and (media.width or media.kind in ("voice", "audio")):
        return
    try:
        with av.open(io.BytesIO(media.content), "r") as container:
            if container.duration:
                media.duration = media.duration or max(1, round(container.duration / av.time_base))
            if container.streams.video and not media.width:
                media.width = container.streams.video[0].width
                media.height = container.streams.video[0].height
    except (av.FFmpegError, ValueError):
        return  # Telegram, too, takes what it cannot play


def _picture(width: int, height: int, seed: int, label: str) -> Image.Image:
    picture = Image.new("RGB", (width, height), GROUNDS[seed % len(GROUNDS)])
    drawing = ImageDraw.Draw(picture, "RGBA")
    drawing.ellipse(
        (width * 0.62, -height * 0.2, width * 1.1, height * 0.5), fill=(255, 255, 255, 70)
    )
    for number in range(3):
        base = height * (0.55 + 0.15 * number)
        hill: list[tuple[float, float]] = [(0, height), (0, base)]
        for step in range(9):
            wave = math.sin(step * 1.3 + seed * 2 + number * 1.7) * height * 0.1
            hill.append((width * step / 8, base + wave))
        drawing.polygon([*hill, (width, height)], fill=(20, 28, 45, 60 + 25 * number))
    if label:
        font: Any = ImageFont.load_default(size=max(14, height // 12))
        place = (width / 2, height * 0.08)
        drawing.text(place, label[:40], fill=(20, 28, 45, 220), font=font, anchor="ma")
    return picture


def _hum(block: int, seed: int) -> av.AudioFrame:
    samples = []
    for number in range(BLOCK):
        t = (block * BLOCK + number) / RATE
        pitch = 150 + 30 * (seed % 4) + 25 * math.sin(t * 2.1)
        loudness = (0.5 + 0.5 * math.sin(t * 7.3)) * (0.6 + 0.4 * math.sin(t * 1.7))
        wave = math.sin(2 * math.pi * pitch * t) + 0.4 * math.sin(4 * math.pi * pitch * t)
        samples.append(int(7000 * loudness * wave))
    frame = av.AudioFrame(format="s16", layout="mono", samples=BLOCK)
    frame.planes[0].update(struct.pack(f"<{BLOCK}h", *samples))
    frame.sample_rate = RATE
    frame.pts = block * BLOCK
    return frame


def _frame(picture: Image.Image) -> av.VideoFrame:
    frame: av.VideoFrame = av.VideoFrame.from_image(picture)  # type: ignore[no-untyped-call]
    return frame


def _encoded(picture: Image.Image, form: str, **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()
