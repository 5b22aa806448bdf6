"""A brief as Markdown (CommonMark): for a newsletter, a wiki, an editor's desk. Pure."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from stentor.record.brief import Brief, Claim, Line, Quote
from stentor.record.texts.brief_labels import BriefLabels, brief_labels_of
from stentor.record.texts.brief_parts import (
    UNSURE_BELOW,
    is_address,
    label,
    name_of,
    quoted,
    statements,
    to_come,
)
from stentor.record.texts.moments import clock, moment_link

_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>#|~!&])|^(\s*(?:\d+)?)([.)+\-=])", re.MULTILINE)


def brief_markdown(brief: Brief, *, link: str) -> bytes:
    """Args: link: as in `moments.moment_link`."""
    return ("\n".join(_Markdown(brief, link).lines()).rstrip() + "\n").encode()


class _Markdown:
    def __init__(self, brief: Brief, link: str) -> None:
        self._brief, self._link = brief, link
        self._words: BriefLabels = brief_labels_of(brief.language)

    def lines(self) -> Iterator[str]:
        yield from (f"# {_plain(self._brief.title)}", "", f"*{_plain(label(self._brief, self._words))}*", "")
        if self._brief.summary:
            yield from (f"## {self._words.summary}", "")
            for number, line in enumerate(self._brief.summary, 1):
                yield from self._line(line, f"{number}.")
            yield ""
        for section in self._brief.sections:
            yield from (f"## {_plain(section.heading)} {self._at(section.start_ms)}", "")
            for line in section.lines:
                yield from self._line(line, "-")
            yield ""
        yield from self._claims(self._words.claims, statements(self._brief))
        yield from self._claims(self._words.to_come, to_come(self._brief))
        if self._brief.figures:
            yield from (f"## {self._words.figures}", "")
            for figure in self._brief.figures:
                yield f"- **{_plain(figure.text)}**: {self._said(figure.quotes[0])}"

    def _line(self, line: Line, mark: str) -> Iterator[str]:
        if line.is_quote:
            yield f"{mark} {self._said(line.quotes[0])}"
            return
        yield f"{mark} {_plain(line.text)}"
        for quote in line.quotes:
            yield f"    - {self._said(quote)}"

    def _claims(self, heading: str, claims: Sequence[Claim]) -> Iterator[str]:
        if not claims:
            return
        yield from (f"## {heading}", "")
        for claim in claims:
            yield f"- {self._said(claim.quote)} ({self._words.kinds[claim.kind]})"
            if claim.note:
                yield f"    - {self._words.note}: {_plain(claim.note)}"
            if claim.source:
                source = f"<{claim.source}>" if is_address(claim.source) else _plain(claim.source)
                yield f"    - {self._words.source}: {source}"
        yield ""

    def _said(self, quote: Quote) -> str:
        doubt = f" *({self._words.unsure})*" if quote.confidence < UNSURE_BELOW else ""
        said = f"**{_plain(name_of(self._brief, quote))}** {self._at(quote.start_ms)} "
        said += _plain(quoted(quote.text, self._brief.language)) + doubt
        if quote.original is not None:
            original = quoted(quote.original, self._brief.translated_from or self._brief.language)
            said += f" ({self._words.original}: {_plain(original)})"
        return said

    def _at(self, start_ms: int) -> str:
        return f"[{clock(start_ms)}]({moment_link(start_ms, page=self._link)})"


def _plain(text: str) -> str:
    """People's words as words: nothing in them is a mark of Markdown, or HTML."""
    return _SPECIAL.sub(_escaped, " ".join(text.split()))


def _escaped(match: re.Match[str]) -> str:
    return f"\\{match[1]}" if match[1] else f"{match[2]}\\{match[3]}"
