"""Texts with gaps. Pure but for reading the package's own files.

Comes in: the name of a text and words for its gaps. Goes out: the whole text. Never: a gap that is left, a
word that nothing asks for, a logic in a text: what is left out is an empty word, and its line goes with it.
"""

import re
from collections.abc import Mapping
from importlib import resources
from typing import Final

_GAP: Final = re.compile(r"@([a-z][a-z0-9_]*)@")
_LINE_OF_ONE: Final = re.compile(r"^[ \t]*@([a-z][a-z0-9_]*)@[ \t]*\n", re.MULTILINE)


def filled(name: str, words: Mapping[str, object]) -> str:
    """The text `deployment/texts/<name>` with each `@word@` replaced.

    A gap that has a line to itself may be given several lines; they stand at its indent.
    """
    text = (resources.files("stentor.deployment") / "texts" / name).read_text(encoding="utf-8")
    used = set(_GAP.findall(text))
    assert used == set(words), f"{name}: {used ^ set(words)}"

    def lines(found: re.Match[str]) -> str:
        indent = found[0][: found[0].index("@")]
        return "".join(f"{indent}{line}\n" if line else "\n" for line in str(words[found[1]]).splitlines())

    return _GAP.sub(lambda found: str(words[found[1]]), _LINE_OF_ONE.sub(lines, text))
