"""Every text that is made of a brief. Pure."""

import json

from stentor.record.brief import Brief
from stentor.record.texts.brief_labels import brief_labels_of
from stentor.record.texts.brief_markdown import brief_markdown
from stentor.record.texts.brief_page import brief_page
from stentor.record.texts.brief_parts import label
from stentor.record.texts.moments import BESIDE_THE_RECORD


def brief_texts(brief: Brief, *, link: str = BESIDE_THE_RECORD) -> dict[str, bytes]:
    """The files by the end of their names: md, html, json.

    Args:
        link: as in `moments.moment_link`.
    """
    return {
        "md": brief_markdown(brief, link=link),
        "html": brief_page(brief, link=link),
        "json": brief_json(brief),
    }


def brief_json(brief: Brief) -> bytes:
    """The brief as it is, with what must be said of it."""
    told = brief.as_json() | {"label": label(brief, brief_labels_of(brief.language))}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
