"""The card: a Space's picture, 1200 × 630 in link previews, square in podcasts. Only this imports Pillow.

Comes in: title, hosts, date; the pages' own type face. Goes out: a PNG. Never: a picture opened, a letter
that the type face does not have (a title that it cannot write is left to the text beside the card).
"""

import io
import math
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from stentor.edge.public.listing import excerpt
from stentor.space.record import Space

WIDTH_PX: Final = 1200
HEIGHT_PX: Final = 630
_PAPER: Final = "#121419"
_INK: Final = "#ECE9E2"
_QUIET: Final = "#A8A59D"
_AMBER: Final = "#E0A100"
_EDGE_PX: Final = 80
_TITLE_SIZES_PX: Final = (92, 76, 62, 50)
_SMALL_PX: Final = 36
_MARK_PX: Final = 96
_BOLD: Final = 680
_NO_LETTER: Final = "\uffff"
_NAMES_MAX: Final = 70
_LETTERS_MAX: Final = 4096


@dataclass(frozen=True, slots=True)
class Shape:
    """How large a picture is.

    Args:
        zoom: of everything that is on it, against the link preview's.
        lines: of the title, at most.
    """

    width_px: int
    height_px: int
    zoom: float
    lines: int

    def zoomed(self, px: float) -> int:
        return round(self.zoom * px)

    @property
    def room_px(self) -> int:
        """Between the edges."""
        return self.width_px - 2 * self.zoomed(_EDGE_PX)


CARD: Final = Shape(WIDTH_PX, HEIGHT_PX, zoom=1.0, lines=3)
COVER: Final = Shape(1400, 1400, zoom=1.6, lines=5)
"""The least that Apple's directory takes: podcasters.apple.com/support/896."""


@dataclass(frozen=True, slots=True)
class Words:
    """What stands on a card. Empty: the mark alone."""

    title: str = ""
    hosts: str = ""
    date: str = ""

    @classmethod
    def of(cls, space: Space, hosts: tuple[str, ...]) -> "Words":
        """Of a private Space nothing."""
        if space.is_private:
            return cls()
        date = ""
        if space.starts_ms is not None and not space.state.is_over:
            # Figures are read in every language; the zone is named since nobody's is known.
            date = datetime.fromtimestamp(space.starts_ms / 1000, UTC).strftime("%Y-%m-%d · %H:%M UTC")
        return cls(space.title, excerpt(", ".join(hosts), _NAMES_MAX), date)


class Card:
    """Draws cards, one at a time: type faces are not for several threads at once.

    Args:
        faces: the pages' type face, one file per part of the alphabet; none: Pillow's own.
    """

    def __init__(self, faces: list[bytes]) -> None:
        self._faces = faces
        self._fonts: dict[tuple[int, bool], list[ImageFont.FreeTypeFont]] = {}
        self._face_index: dict[str, int | None] = {}
        self._papers: dict[Shape, Image.Image] = {}

    @classmethod
    def from_pages(cls, directory: Path) -> "Card":
        """With the type face of the built pages; the plain Latin part first."""
        paths = sorted(directory.glob("assets/inter-latin*.woff2"), key=lambda p: ("-ext" in p.name, p.name))
        return cls([path.read_bytes() for path in paths])

    def png(self, words: Words, shape: Shape = CARD) -> bytes:
        """Bounds: about 40 ms of a core, 150 for a cover."""
        image = self._paper(shape)
        draw = ImageDraw.Draw(image)
        small_px, y_px = shape.zoomed(_SMALL_PX), shape.height_px - shape.zoomed(_EDGE_PX)
        for text, colour in ((words.date, _AMBER), (words.hosts, _QUIET)):
            if text and self._can_write(text):
                self._write(draw, text, (shape.zoomed(_EDGE_PX), y_px), small_px, colour, is_bold=False)
                y_px -= round(1.5 * small_px)
        title = unicodedata.normalize("NFC", words.title)
        if title and self._can_write(title):
            size_px, lines = self._fitted(title, shape)
            y_px = min(y_px - shape.zoomed(16), shape.height_px - shape.zoomed(_EDGE_PX + 60))
            for line in reversed(lines):
                self._write(draw, line, (shape.zoomed(_EDGE_PX), y_px), size_px, _INK, is_bold=True)
                y_px -= round(1.15 * size_px)
        out = io.BytesIO()
        image.save(out, "PNG")
        return out.getvalue()

    def _paper(self, shape: Shape) -> Image.Image:
        """A sheet with the mark on it, drawn once."""
        if shape not in self._papers:
            mark_px = shape.zoomed(_MARK_PX)
            image = Image.new("RGB", (shape.width_px, shape.height_px), _PAPER)
            image.paste(_mark(mark_px), (shape.zoomed(_EDGE_PX) - mark_px // 5, shape.zoomed(44)))
            self._papers[shape] = image
        return self._papers[shape].copy()

    def _fitted(self, title: str, shape: Shape) -> tuple[int, list[str]]:
        """The largest size at which the title fits into its lines; the smallest one cuts it."""
        lines: list[str] = []
        size_px = 0
        for size in _TITLE_SIZES_PX:
            size_px = shape.zoomed(size)
            lines = self._lines(title, size_px, shape.room_px)
            if len(lines) <= shape.lines:
                return size_px, lines
        last = lines[shape.lines - 1]
        while self._length(f"{last}…", size_px) > shape.room_px:
            last = last[:-1]
        return size_px, [*lines[: shape.lines - 1], f"{last.rstrip(',;:. ')}…"]

    def _lines(self, text: str, size_px: int, room_px: int) -> list[str]:
        lines, line = [], ""
        for word in text.split():
            longer = f"{line} {word}".strip()
            if self._length(longer, size_px) <= room_px:
                line = longer
                continue
            lines += [line] if line else []
            line = word
            while self._length(line, size_px) > room_px:
                # One word that is longer than a line is cut where the line ends.
                count = int(len(line) * room_px / self._length(line, size_px))
                while self._length(line[:count], size_px) > room_px:
                    count -= 1
                lines.append(line[:count])
                line = line[count:]
        return [*lines, line]

    def _length(self, text: str, size_px: int) -> float:
        return sum(font.getlength(run) for run, font in self._runs(text, size_px, is_bold=True))

    def _write(
        self,
        draw: ImageDraw.ImageDraw,
        text: str,
        at_px: tuple[int, int],
        size_px: int,
        colour: str,
        *,
        is_bold: bool,
    ) -> None:
        x_px, y_px = float(at_px[0]), at_px[1]
        for run, font in self._runs(text, size_px, is_bold=is_bold):
            draw.text((x_px, y_px), run, fill=colour, font=font, anchor="ls")
            x_px += font.getlength(run)

    def _runs(self, text: str, size_px: int, *, is_bold: bool) -> list[tuple[str, ImageFont.FreeTypeFont]]:
        """The text in pieces, each with the part of the type face that has its letters."""
        runs: list[tuple[str, ImageFont.FreeTypeFont]] = []
        fonts = self._sized(size_px, is_bold=is_bold)
        for letter in text:
            font = fonts[self._face_of(letter) or 0]
            if runs and runs[-1][1] is font:
                runs[-1] = (runs[-1][0] + letter, font)
            else:
                runs.append((letter, font))
        return runs

    def _can_write(self, text: str) -> bool:
        return all(self._face_of(letter) is not None for letter in text)

    def _face_of(self, letter: str) -> int | None:
        """Which part of the type face has the letter: whose picture of it is not that of a missing one."""
        if letter not in self._face_index:
            if len(self._face_index) >= _LETTERS_MAX:
                self._face_index.clear()
            fonts = self._sized(_SMALL_PX, is_bold=False)
            found = (
                index
                for index, font in enumerate(fonts)
                if letter == " " or bytes(font.getmask(letter)) != bytes(font.getmask(_NO_LETTER))
            )
            self._face_index[letter] = next(found, None)
        return self._face_index[letter]

    def _sized(self, size_px: int, *, is_bold: bool) -> list[ImageFont.FreeTypeFont]:
        found = self._fonts.get((size_px, is_bold))
        if found is None:
            found = [ImageFont.truetype(io.BytesIO(face), size_px) for face in self._faces]
            for font in found:
                font.set_variation_by_axes([_BOLD if is_bold else 400])
            if not found:
                own = ImageFont.load_default(size_px)
                assert isinstance(own, ImageFont.FreeTypeFont)
                found = [own]
            self._fonts[size_px, is_bold] = found
        return found


def _mark(size_px: int) -> Image.Image:
    """The mark as in `favicon.svg`: three arcs of a horn, drawn four times as large for smooth edges."""
    unit = 4 * size_px / 32
    mark = Image.new("RGB", (4 * size_px, 4 * size_px), _PAPER)
    draw = ImageDraw.Draw(mark)
    for radius in (7.0, 13.5, 20.0):
        outer = radius + 1.8
        box = [unit * (4 - outer), unit * (16 - outer), unit * (4 + outer), unit * (16 + outer)]
        draw.arc(box, -40, 40, fill=_AMBER, width=round(3.6 * unit))
        for turn in (-1, 1):
            x = 4 + radius * math.cos(math.radians(40))
            y = 16 + turn * radius * math.sin(math.radians(40))
            draw.circle((unit * x, unit * y), 1.8 * unit, fill=_AMBER)
    return mark.resize((size_px, size_px), Image.Resampling.LANCZOS)
