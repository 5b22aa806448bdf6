"""A brief as an HTML page that prints on A4; each line links to its second. Pure."""

from collections.abc import Iterator, Sequence
from html import escape

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
from stentor.record.texts.page import page


def brief_page(brief: Brief, *, link: str) -> bytes:
    """Args: link: as in `moments.moment_link`."""
    body = "\n".join(_Page(brief, link).parts())
    return page(title=brief.title, language=brief.language, body=body)


class _Page:
    def __init__(self, brief: Brief, link: str) -> None:
        self._brief, self._link = brief, link
        self._words: BriefLabels = brief_labels_of(brief.language)

    def parts(self) -> Iterator[str]:
        yield f"<h1>{escape(self._brief.title)}</h1>"
        yield f'<p class="about">{escape(self._words.brief)}</p>'
        yield f'<p class="label">{escape(label(self._brief, self._words))}</p>'
        if self._brief.summary:
            yield f"<h2>{escape(self._words.summary)}</h2>\n<ol>"
            yield from (f"<li>{self._line(line)}</li>" for line in self._brief.summary)
            yield "</ol>"
        for section in self._brief.sections:
            yield f"<section><h2>{escape(section.heading)}{self._at(section.start_ms)}</h2>\n<ul>"
            yield from (f"<li>{self._line(line)}</li>" for line in section.lines)
            yield "</ul></section>"
        yield from self._claims(self._words.claims, statements(self._brief))
        yield from self._claims(self._words.to_come, to_come(self._brief))
        if self._brief.figures:
            yield f"<h2>{escape(self._words.figures)}</h2>\n<ul>"
            for line in self._brief.figures:
                yield f"<li><b>{escape(line.text)}</b>: {self._said(line.quotes[0])}</li>"
            yield "</ul>"

    def _line(self, line: Line) -> str:
        if line.is_quote:
            return self._said(line.quotes[0])
        quotes = "".join(f"<blockquote>{self._said(quote)}</blockquote>" for quote in line.quotes)
        return escape(line.text) + quotes

    def _claims(self, heading: str, claims: Sequence[Claim]) -> Iterator[str]:
        if not claims:
            return
        yield f"<h2>{escape(heading)}</h2>\n<ul>"
        for claim in claims:
            kind = escape(self._words.kinds[claim.kind])
            note = f"<br>{escape(self._words.note)}: {escape(claim.note)}" if claim.note else ""
            source = f"<br>{escape(self._words.source)}: {_source(claim.source)}" if claim.source else ""
            yield f"<li>{self._said(claim.quote)} ({kind}){note}{source}</li>"
        yield "</ul>"

    def _said(self, quote: Quote) -> str:
        doubt = f" <i>({escape(self._words.unsure)})</i>" if quote.confidence < UNSURE_BELOW else ""
        said = f'<span class="who">{escape(name_of(self._brief, quote))}</span>{self._at(quote.start_ms)} '
        said += f"{escape(quoted(quote.text, self._brief.language))}{doubt}"
        if quote.original is not None:
            language = self._brief.translated_from or self._brief.language
            original = escape(quoted(quote.original, language))
            said += f'<br>{escape(self._words.original)}: <span lang="{escape(language)}">{original}</span>'
        return said

    def _at(self, start_ms: int) -> str:
        href = escape(moment_link(start_ms, page=self._link))
        return f'<a class="at" href="{href}">{clock(start_ms)}</a>'


def _source(source: str) -> str:
    if not is_address(source):
        return escape(source)
    return f'<a href="{escape(source)}" rel="noopener nofollow">{escape(source)}</a>'
