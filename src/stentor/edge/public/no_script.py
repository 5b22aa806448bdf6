"""What a Space's page says where no script runs: the truth about the doors, in both languages. Pure.

Comes in: a Space, its line's clock. Goes out: the page's `<noscript>`, which asks again by itself.
Never: a place in the line: without scripts a ticket could only be kept in an address, for all to see.
"""

from html import escape
from typing import Final

from stentor.admission.line.line_clock import Doors, LineClock
from stentor.space.lifecycle import State
from stentor.space.record import Space

AGAIN_S: Final = 30
"""Asked again so often; while there is a line as its clock says, but not more often than a cache forgets."""
AGAIN_S_MIN: Final = 10
_HEARD: Final = frozenset({State.ON_AIR, State.PAUSED, State.ENDING})
_DIGITS: Final = 2
"""So much of a number is said: a page that changes with each newcomer would never be the same for two."""


def no_script(space: Space, clock: LineClock | None) -> str:
    """The whole element.

    Args:
        clock: the newest; None: no line speaks, and whoever comes just knocks.
    """
    link = f'<a href="/s/{escape(space.public_name)}/live.aac">'
    again_s = AGAIN_S
    if space.state.is_over:
        said, again_s = ("It has ended.", "C’est terminé."), 0
    elif space.state not in _HEARD:
        said = (
            "It is not on the air yet. This page asks again by itself.",
            "Pas encore à l’antenne. Cette page redemande d’elle-même.",
        )
    elif clock is not None and clock.doors is Doors.HELD:
        again_s = max(AGAIN_S_MIN, round(clock.poll_s))
        said = _held(clock)
    else:
        said = (
            f"It is on the air. {link}Listen to the plain stream</a>. With JavaScript you hear it sooner, "
            "and nothing is missed when the connection breaks.",
            f"C’est à l’antenne. {link}Écouter le flux simple</a>. Avec JavaScript, le son vient plus vite, "
            "et rien ne se perd quand la connexion tombe.",
        )
    refresh = f'<meta http-equiv="refresh" content="{again_s}">' if again_s else ""
    english, french = said
    title = "Stentor" if space.is_private else escape(space.title)
    return (
        f'<noscript>{refresh}<div class="page"><main class="notice"><h1>{title}</h1><p>{english}</p>'
        f'<p lang="fr">{french}</p></main></div></noscript>'
    )


def _held(clock: LineClock) -> tuple[str, str]:
    number = _rounded(clock.waiting)
    waiting = (f"About {number} people wait", f"Environ {number} personnes attendent")
    return (
        f"No seat is free now. {waiting[0]}. A place in the line needs JavaScript; without it this page asks "
        "again by itself, and has a link to the sound as soon as the doors are open.",
        f"Aucune place libre pour l’instant. {waiting[1]}. Prendre place dans la file demande JavaScript ; "
        "sans lui, cette page redemande d’elle-même, et donne un lien dès que les portes s’ouvrent.",
    )


def _rounded(count: int) -> int:
    """To two digits: 9,480 → 9,500."""
    step: int = 10 ** max(0, len(str(count)) - _DIGITS)
    return round(count / step) * step
