"""Cuts Inter to what the pages use: four weights' range, Latin letters, tabular figures. Development only.

    python -m pip install fonttools brotli && python web/dev/fonts.py

In: the two files of `@fontsource-variable/inter`. Out: `web/src/ui/fonts/`, which is committed, so that
a build needs neither library. The ranges are those of the `@font-face` rules in `web/src/ui/base.css`.
"""

import re
import shutil
from io import BytesIO
from pathlib import Path

from fontTools.subset import Options, Subsetter, parse_unicodes, save_font
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

WEB = Path(__file__).parents[1]
SOURCE = WEB / "node_modules" / "@fontsource-variable" / "inter"
STYLES = (WEB / "src" / "ui" / "base.css").read_text()
FONTS = WEB / "src" / "ui" / "fonts"
WEIGHTS = (400, 700)
FEATURES = ["kern", "ccmp", "locl", "mark", "mkmk", "tnum"]


def ranges(name: str) -> str:
    """The rule's own `unicode-range`, as the subsetter reads it."""
    rule = STYLES.partition(f"{name}.woff2")[2]
    found = re.search(r"unicode-range:([^;]+);", rule)
    if found is None:
        raise SystemExit(f"base.css has no unicode-range for {name}.woff2")
    return re.sub(r"\s", "", found.group(1))


def cut(name: str) -> None:
    whole = instantiateVariableFont(TTFont(SOURCE / "files" / f"{name}-wght-normal.woff2"), {"wght": WEIGHTS})
    # The subsetter wants every table as it is in a file.
    file = BytesIO()
    whole.flavor = None
    whole.save(file)
    font = TTFont(file)
    options = Options(layout_features=FEATURES, flavor="woff2")
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=parse_unicodes(ranges(name)))
    subsetter.subset(font)
    save_font(font, str(FONTS / f"{name}.woff2"), options)
    print(name, (FONTS / f"{name}.woff2").stat().st_size, "bytes")


if __name__ == "__main__":
    FONTS.mkdir(parents=True, exist_ok=True)
    for part in ("inter-latin", "inter-latin-ext"):
        cut(part)
    shutil.copy(SOURCE / "LICENSE", FONTS / "LICENSE")
