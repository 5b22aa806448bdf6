"""A transcript as an HTML page: read, printed, quoted; each turn links to its second. Pure."""

from html import escape

from stentor.record.texts.labels import labels_of
from stentor.record.texts.moments import clock, fragment, moment_link
from stentor.record.texts.page import page
from stentor.record.texts.subtitles import label
from stentor.record.transcript import Transcript, Turn


def transcript_page(transcript: Transcript, *, title: str, link: str) -> bytes:
    """Args: title: the Space's. link: as in `moments.moment_link`."""
    said = label(transcript)
    parts = [
        f"<h1>{escape(title)}</h1>",
        f'<p class="about">{escape(labels_of(transcript.language).transcript)}</p>',
        f'<p class="label">{escape(said)}</p>' if said else "",
        *(_turn(turn, transcript, link=link) for turn in transcript.turns),
    ]
    return page(title=title, language=transcript.language, body="\n".join(filter(None, parts)))


def _turn(turn: Turn, transcript: Transcript, *, link: str) -> str:
    name = escape(transcript.names.get(turn.person_id, turn.person_id))
    href = escape(moment_link(turn.start_ms, page=link))
    return (
        f'<section class="turn" id="{fragment(turn.start_ms)[1:]}"><span class="who">{name}</span>'
        f'<a class="at" href="{href}">{clock(turn.start_ms)}</a>\n<p>{escape(turn.text)}</p></section>'
    )
