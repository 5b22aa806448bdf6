"""The frame of a text that is an HTML page: no script, one style that reads well and prints on A4. Pure.

The page forbids itself everything else, wherever it is opened; the edge sends the same policy as a header.
"""

import base64
import hashlib
from html import escape
from typing import Final

STYLE: Final = """
:root { color-scheme: light dark;
  --ink: #16181d; --paper: #fbfaf7; --quiet: #5c6068; --line: #dedbd3; --mark: #8a5a00 }
@media (prefers-color-scheme: dark) { :root {
  --ink: #ece9e2; --paper: #121419; --quiet: #a3a7b0; --line: #2c3038; --mark: #e0a100 } }
body { font: 1rem/1.6 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 68ch; margin: 0 auto; padding: 2rem 1.25rem }
h1 { font-size: 1.75rem; line-height: 1.25; margin: 0 0 .5rem }
h2 { font-size: 1.25rem; line-height: 1.3; margin: 2rem 0 .5rem }
.about { color: var(--quiet); margin: 0 0 1.5rem }
.label { border-inline-start: 4px solid var(--mark); padding: .25rem .75rem; margin: 0 0 2rem }
.turn { margin: 0 0 1.25rem }
.turn p { margin: .125rem 0 0 }
.who { font-weight: 600 }
.at { color: var(--mark); font-variant-numeric: tabular-nums; text-decoration: none;
  margin-inline-start: .5rem }
.at:hover, .at:focus-visible { text-decoration: underline }
blockquote { margin: .25rem 0 .75rem; padding-inline-start: 1rem;
  border-inline-start: 2px solid var(--line) }
:target { background: color-mix(in srgb, var(--mark) 18%, transparent) }
@page { size: A4; margin: 20mm 18mm }
@media print {
  :root { --ink: #000; --paper: #fff; --quiet: #444; --line: #999; --mark: #444 }
  body { font-size: 10.5pt; padding: 0; max-width: none }
  .turn, li, blockquote { break-inside: avoid }
  h1, h2, .who { break-after: avoid }
}
"""
POLICY: Final = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'sha256-"
    + base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    + "'"
)
"""`Content-Security-Policy` of every such page: this very style, nothing else."""
SERVED_POLICY: Final = f"{POLICY}; frame-ancestors 'none'; sandbox allow-popups"
"""Its header, wherever Stentor gives it out: what a page cannot say of itself, too. No frame of a stranger's
shows it as theirs, and it is nobody's origin: should a script ever stand in it, it would not run."""


def page(*, title: str, language: str, body: str) -> bytes:
    """A whole document.

    Args:
        title: plain text.
        language: BCP 47; also decides in which direction the text runs.
        body: HTML whose parts are escaped already.
    """
    direction = "rtl" if language.partition("-")[0] in {"ar", "fa", "he", "ur"} else "ltr"
    return (
        f'<!doctype html>\n<html lang="{escape(language)}" dir="{direction}">\n<head>\n'
        '<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    ).encode()
