"""The card: a Space's picture in link previews, 1200 × 630. The one file that imports Pillow.

Comes in: title, hosts, date; the pages' own type face. Goes out: a PNG. Never: a picture opened, a letter
that the type face does not have (a title that it cannot write is left to the text beside the card).
"""

import io
import math
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
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
_TITLE_LINES: Final = 3
_SMALL_PX: Final = 36
_MARK_PX: Final = 96
_BOLD: Final = 680
_NO_LETTER: Final = "\uffff"
_NAMES_MAX: Final = 70
_LETTERS_MAX: Final = 4096


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

    @classmethod
    def from_pages(cls, directory: Path) -> "Card":
        """With the type face of the built pages; the plain Latin part first."""
        paths = sorted(directory.glob("assets/inter-latin*.woff2"), key=lambda p: ("-ext" in p.name, p.name))
        return cls([path.read_bytes() for path in paths])

    def png(self, words: Words) -> bytes:
        """Bounds: about 40 ms of a core."""
        image = self._paper.copy()
        draw = ImageDraw.Draw(image)
        room_px = WIDTH_PX - 2 * _EDGE_PX
        y_px = HEIGHT_PX - _EDGE_PX
        for text, colour in ((words.date, _AMBER), (words.hosts, _QUIET)):
            if text and self._can_write(text):
                self._write(draw, text, y_px, _SMALL_PX, colour, is_bold=False)
                y_px -= round(1.5 * _SMALL_PX)
        title = unicodedata.normalize("NFC", words.title)
        if title and self._can_write(title):
            size_px, lines = self._fitted(title, room_px)
            y_px = min(y_px - 16, HEIGHT_PX - _EDGE_PX - 60)
            for line in reversed(lines):
                self._write(draw, line, y_px, size_px, _INK, is_bold=True)
                y_px -= round(1.15 * size_px)
        out = io.BytesIO()
        image.save(out, "PNG")
        return out.getvalue()

    @cached_property
    def _paper(self) -> Image.Image:
        """The mark as in `favicon.svg`: three arcs of a horn, drawn four times as large for smooth edges."""
        image = Image.new("RGB", (WIDTH_PX, HEIGHT_PX), _PAPER)
        unit = 4 * _MARK_PX / 32
        mark = Image.new("RGB", (4 * _MARK_PX, 4 * _MARK_PX), _PAPER)
        draw = ImageDraw.Draw(mark)
        for radius in (7.0, 13.5, 20.0):
            outer = radius + 1.8
            box = [unit * (4 - outer), unit * (16 - outer), unit * (4 + outer), unit * (16 + outer)]
            draw.arc(box, -40, 40, fill=_AMBER, width=round(3.6 * unit))
            for turn in (-1, 1):
                x = 4 + radius * math.cos(math.radians(40))
                y = 16 + turn * radius * math.sin(math.radians(40))
                draw.circle((unit * x, unit * y), 1.8 * unit, fill=_AMBER)
        image.paste(
            mark.resize((_MARK_PX, _MARK_PX), Image.Resampling.LANCZOS), (_EDGE_PX - _MARK_PX // 5, 44)
        )
        return image

    def _fitted(self, title: str, room_px: int) -> tuple[int, list[str]]:
        """The largest size at which the title fits into its lines; the smallest one cuts it."""
        lines: list[str] = []
        for size_px in _TITLE_SIZES_PX:
            lines = self._lines(title, size_px, room_px)
            if len(lines) <= _TITLE_LINES:
                return size_px, lines
        size_px = _TITLE_SIZES_PX[-1]
        last = lines[_TITLE_LINES - 1]
        while self._length(f"{last}…", size_px) > room_px:
            last = last[:-1]
        return size_px, [*lines[: _TITLE_LINES - 1], f"{last.rstrip(',;:. ')}…"]

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
        self, draw: ImageDraw.ImageDraw, text: str, y_px: int, size_px: int, colour: str, *, is_bold: bool
    ) -> None:
        x_px = float(_EDGE_PX)
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
