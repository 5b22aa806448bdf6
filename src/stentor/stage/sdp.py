"""Offers made fit for a transport that knows one audio section, and its answer made whole again. Pure.

Comes in: the SDP of a browser, OBS, FFmpeg. Goes out: the audio part of it; the answer with every other
section refused in its place. Never: a candidate that would make us look up a name or knock at many doors.

Source: RFC 8829 (an answer has the offer's sections, refused ones with port 0), RFC 9143 (bundle).
"""

from dataclasses import dataclass
from typing import Final

from stentor.errors import BadOffer, TooLarge
from stentor.limits import SDP_SIZE_BYTES_MAX

CANDIDATES_MAX: Final = 20
"""A browser with three networks offers 12."""
_SECTIONS_MAX: Final = 8
_CANDIDATE: Final = "a=candidate:"
_NEEDED: Final = ("a=ice-ufrag:", "a=ice-pwd:", "a=fingerprint:")
_ADDRESS_FIELD: Final = 4
_MEDIA_FIELDS_MIN: Final = 4


@dataclass(frozen=True, slots=True)
class AudioOffer:
    """What the transport answers.

    Args:
        sdp: the offer with its first audio section only.
        media: the first words of each section of the whole offer, such as `m=video 9 UDP/TLS/RTP/SAVPF 96`.
        mids: their `mid`, or None.
        audio_index: which of them was kept.
    """

    sdp: str
    media: tuple[str, ...]
    mids: tuple[str | None, ...]
    audio_index: int


def audio_offer(offer: str) -> AudioOffer:
    """Raises: BadOffer: not SDP, no audio, or no Opus in it. TooLarge."""
    size = len(offer.encode(errors="replace"))
    if size > SDP_SIZE_BYTES_MAX:
        raise TooLarge("The SDP offer", size_bytes=size, limit_bytes=SDP_SIZE_BYTES_MAX)
    session, sections = _sections(offer)
    if not session or not session[0].startswith("v=0"):
        raise BadOffer("The offer is not SDP: it must begin with 'v=0'.")
    if len(sections) > _SECTIONS_MAX:
        raise BadOffer(f"The offer has {len(sections)} media sections; the limit is {_SECTIONS_MAX}.")
    for section in sections:
        # RFC 8866 5.14: media, port, protocol, formats. A refusal repeats all but the port.
        if len(section[0].split()) < _MEDIA_FIELDS_MIN:
            raise BadOffer(
                f"The offer's line {section[0][:60]!r} is not 'm=<media> <port> <protocol> <formats>'."
            )
    kept = next((i for i, s in enumerate(sections) if s[0].startswith("m=audio ")), None)
    if kept is None:
        raise BadOffer("The offer has no audio section (m=audio); a stage answers audio only.")
    audio = sections[kept]
    if not any(line.startswith("a=rtpmap:") and "opus/48000" in line.lower() for line in audio):
        raise BadOffer("The offer's audio has no Opus (a=rtpmap:… opus/48000/2); a stage speaks Opus only.")
    for needed in _NEEDED:
        if _value(audio, needed) is None and _value(session, needed) is None:
            raise BadOffer(f"The offer's audio has no {needed!r} line; without it no connection can be made.")
    mids = tuple(_value(section, "a=mid:") for section in sections)
    lines = [line for line in session if not line.startswith("a=group:")]
    if mids[kept] is not None:
        lines.append(f"a=group:BUNDLE {mids[kept]}")
    lines += _without_doubtful_candidates(audio, elsewhere=sections)
    media = tuple(section[0] for section in sections)
    return AudioOffer("\r\n".join(lines) + "\r\n", media, mids, kept)


def whole_answer(answer: str, offer: AudioOffer) -> str:
    """The transport's answer with a refused section for each one that it never saw."""
    session, sections = _sections(answer)
    lines = list(session)
    for index, media in enumerate(offer.media):
        if index == offer.audio_index:
            lines += sections[0]
            continue
        kind, _port, *rest = media.split()
        lines += [" ".join((kind, "0", *rest)), "c=IN IP4 0.0.0.0", "a=inactive"]
        if offer.mids[index] is not None:
            lines.append(f"a=mid:{offer.mids[index]}")
    return "\r\n".join(lines) + "\r\n"


def _without_doubtful_candidates(audio: list[str], *, elsewhere: list[list[str]]) -> list[str]:
    """The audio section with at most `CANDIDATES_MAX` literal addresses.

    In a bundle the candidates may stand in another section. Names (mDNS) are left out: to resolve them would
    hold up the answer, and the peer's own checks tell its address anyway. The mark of the last candidate is
    left out for the same reason: more may be learned from checks.
    """
    candidates = [line for line in audio if line.startswith(_CANDIDATE)]
    if not candidates:
        candidates = [line for section in elsewhere for line in section if line.startswith(_CANDIDATE)]
    literal = [line for line in candidates if _is_literal(line)]
    rest = [line for line in audio if not line.startswith((_CANDIDATE, "a=end-of-candidates"))]
    return rest + literal[:CANDIDATES_MAX]


def _is_literal(candidate: str) -> bool:
    fields = candidate.split()
    return len(fields) > _ADDRESS_FIELD and not fields[_ADDRESS_FIELD].endswith(".local")


def _sections(text: str) -> tuple[list[str], list[list[str]]]:
    session: list[str] = []
    sections: list[list[str]] = []
    for line in text.splitlines():
        if line.startswith("m="):
            sections.append([line])
        elif line and sections:
            sections[-1].append(line)
        elif line:
            session.append(line)
    return session, sections


def _value(section: list[str], prefix: str) -> str | None:
    return next((line.removeprefix(prefix) for line in section if line.startswith(prefix)), None)
