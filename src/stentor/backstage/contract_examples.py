"""One example of each body that the stage door takes, for the OpenAPI document."""

from typing import Any, Final

_QUOTE: Final = {"turn_id": "t7", "person_id": "maya", "text": "82 million", "start_ms": 61_400}

EXAMPLES: Final[dict[str, dict[str, Any]]] = {
    "SpaceWanted": {"title": "Should our city make its buses free?", "starts_ms": 1_830_000_000_000},
    "SpaceChanges": {"description": "Maya and Daniel disagree for an hour.", "speakers_max": 6},
    "DoorsWanted": {"doors": "held", "listeners_max": 20_000},
    "StateWanted": {"state": "on_air"},
    "AllMuteWanted": {"lock": True},
    "RoleWanted": {"role": "cohost"},
    "BanWanted": {"invitation": True, "network": False},
    "OpenWanted": {"is_open": True},
    "InvitationWanted": {"role": "speaker", "name": "Maya"},
    "ClaimWanted": {"name": "Daniel"},
    "MuteWanted": {"muted": True},
    "AskWanted": {"note": "I drive the number 12."},
    "OnceWanted": {"token": "2vwn9c3g37yep4suxqs4bjnxp5bpg9q5"},
    "PasskeyAnswer": {"answer": {"id": "…", "rawId": "…", "type": "public-key", "response": {}}},
    "PasskeyWanted": {
        "name": "Phone",
        "answer": {"id": "…", "rawId": "…", "type": "public-key", "response": {}},
    },
    "AccountWanted": {"name": "Ana", "rank": "host"},
    "AccountChange": {"rank": "operator"},
    "OwnerLinkWanted": {"only_first": False},
    "LadderWanted": {"rung": "low", "cadence": "auto"},
    "WebhookWanted": {"url": "https://example.org/stentor", "events": ["space.on_air", "space.ended"]},
    "WebhookEdited": {"is_on": True},
    "RecordChanges": {"is_published": True, "keep_until_ms": 1_830_000_000_000},
    "FormatWanted": {"format": "mp3"},
    "LanguageWanted": {"language": "fr"},
    "ChaptersWanted": {"chapters": [{"start_ms": 0, "title": "Opening"}]},
    "MarkWanted": {"title": "Questions from the audience"},
    "TranscriptWanted": {
        "version": 1,
        "turns": [{"id": "t7", "text": "The buses cost 82 million."}, {"id": "t9", "removed": True}],
    },
    "BriefWanted": {
        "version": 1,
        "title": "Should our city make its buses free?",
        "summary": [{"text": "It costs 82 million a year.", "quotes": [_QUOTE]}],
        "sections": [],
        "claims": [{"quote": _QUOTE, "kind": "figure", "note": "The budget says 79.", "source": ""}],
        "figures": [],
    },
}
