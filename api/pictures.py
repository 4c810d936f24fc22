"""Pictures of strangers: measured and drawn anew, never trusted."""

from pathlib import Path
from typing import IO

from PIL import Image, ImageOps, UnidentifiedImageError

MOST_PIXELS = 50_000_000  # what a bomb decodes to; a camera's 48 megapixels are fine
LONGEST_SIDE = 720  # of a thumbnail, in pixels: a bubble on a dense screen
SIDES_TOGETHER, WIDEST = 10_000, 20  # Telegram's limits of a photo: sum of sides, their ratio
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")


class Unshowable(Exception):
    """Not a picture, or one that nobody should decode."""


def measured(path: Path | IO[bytes]) -> tuple[int, int]:
    """(width, height) of what Telegram takes as a photo. Raises Unshowable."""
    with _opened(path) as picture:
        width, height = picture.size
        try:  # a head without a body is none
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            picture.load()
        except (OSError, ValueError, SyntaxError) as error:
            raise Unshowable from error
    if width + height > SIDES_TOGETHER or max(width, height) > WIDEST * min(width, height):
        raise Unshowable
    return width, height


def thumbnail(source: Path, target: Path) -> None:
    """Writes a small WebP without any of the source's metadata. Raises Unshowable."""
    with _opened(source) as picture:
        try:
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            mode = "RGBA" if upright.mode in ("RGBA", "LA", "P", "PA") else "RGB"
            bare = Image.new(mode, upright.size)
            bare.paste(upright.convert(mode))
        except (OSError, ValueError, SyntaxError) as error:
            raise Unshowable from error
    bare.save(target, "WEBP", quality=80)


def _opened(path: Path | IO[bytes]) -> Image.Image:
    try:
        picture = Image.open(path, formats=FORMATS)
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise Unshowable from error
    if picture.width * picture.height > MOST_PIXELS:
        picture.close()
        raise Unshowable
    return picture
