"""One example of each body that the stage door takes, for the OpenAPI document."""

from typing import Any, Final

EXAMPLES: Final[dict[str, dict[str, Any]]] = {
    "SpaceWanted": {"title": "Should our city make its buses free?", "starts_ms": 1_830_000_000_000},
    "SpaceChanges": {"description": "Maya and Daniel disagree for an hour.", "speakers_max": 6},
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
}
