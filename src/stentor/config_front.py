"""Settings of the front door: where the crowd comes in. A part of `config.Settings`."""

from typing import Literal

from pydantic import BaseModel

from stentor.config_table import setting


class FrontDoorSettings(BaseModel):
    """The edge, its links and its feeds."""

    # ── the front door ──
    edge_host: str = setting(
        "127.0.0.1", "address", "Where the crowd connects. 0.0.0.0 or ::: every address."
    )
    edge_port: int = setting(8080, "port", "The front door's port.", ge=0, le=65535)
    edge_url: str = setting("", "URL", "What listeners' links begin with. Empty: http://edge_host:edge_port.")
    window_s: int = setting(
        120, "s", "Audio that an edge keeps in memory per Space for those who come back.", ge=40, le=3600
    )
    listeners_max: int = setting(
        18_000,
        "listeners",
        "Open streams per fan-out process; what comes above waits. Each is a file of the process.",
        ge=1,
        le=1_000_000,
    )
    gates: int = setting(
        1,
        "processes",
        "Gates: read requests, admit, serve HLS and pages. One carries 4,000 joins/s.",
        ge=1,
        le=64,
    )
    joins_per_s: int = setting(
        0,
        "listeners/s",
        "Newcomers that a gate lets in while nothing waits in it; the line is called no faster. 0: 1,000.",
        ge=0,
        le=100_000,
    )
    fanouts: int = setting(
        0, "processes", "Fan-outs: write to admitted listeners. 0: one per core.", ge=0, le=128
    )
    line_bits_per_s: int = setting(
        0,
        "bit/s",
        "What the crowd's line carries; above 0.8 of it the ladder steps down. 0: not known, not watched.",
        ge=0,
    )
    session_s: float = setting(
        1200.0,
        "s",
        "A stream ends cleanly after so long and its player comes back where it was: edges can be emptied.",
        ge=1,
        le=86_400,
    )
    session_spread_s: float = setting(
        300.0,
        "s",
        "The length is so much more or less, by chance: ends do not come in waves.",
        ge=0,
        le=43_200,
    )
    drain_s: float = setting(
        2.0, "s", "An edge that is stopped lets its listeners go over so long.", ge=0, le=60
    )
    edge_urls: tuple[str, ...] = setting(
        (), "URLs", "All edges of the house, as listeners reach them; players try the next when one is gone."
    )

    podcast_title: str = setting(
        "", "text", "What the house's podcast feed is called. Empty: the front door's host name."
    )
    podcast_email: str = setting(
        "", "address", "The feeds' owner, for directories that send a code there. Empty: none is told."
    )
    podcast_category: str = setting(
        "Society & Culture", "category", "One of Apple's categories, in which directories list the feeds."
    )
    podcast_explicit: bool = setting(False, "yes/no", "The feeds say that they are not for children.")
    websub_hub: str = setting(
        "",
        "URL",
        "A WebSub hub that is told when a feed has changed. Needs edge_url. Empty: none.",
        pattern=r"^(https?://\S+)?$",
    )

    line_when_blind: Literal["open", "hold"] = setting(
        "open",
        "open/hold",
        "Newcomers while no controller speaks for 6 s. open: as many as the edge has seats; hold: they wait.",
    )
    proof_of_work: Literal["auto", "off"] = setting(
        "auto",
        "auto/off",
        "auto: while a line is hot, pages may bid for a better place with seconds of computing; off: never.",
    )
    trusted_proxies: tuple[str, ...] = setting(
        (),
        "networks",
        "Caches and proxies of one's own, such as 10.0.0.0/8, whose X-Forwarded-For is believed.",
    )
    proxy_protocol: bool = setting(
        False,
        "yes/no",
        "Trusted proxies begin connections with the PROXY protocol (1 or 2): that address is the client's.",
    )
    door_connections_max: int = setting(
        8_000,
        "connections",
        "Per gate, those with a live stream not among them; a fifth is kept for listeners who come back.",
        ge=50,
        le=500_000,
    )
    door_connections_per_s: float = setting(
        200.0,
        "1/s",
        "New ones of one address (IPv6: /64); two seconds' worth at once; wider networks have more. 0: any.",
        ge=0,
        le=1_000_000,
    )
    door_requests_per_s: float = setting(
        100.0,
        "1/s",
        "Of one address, counted only while a gate is asked for more than it can do. 0: any.",
        ge=0,
        le=1_000_000,
    )
    door_tickets_per_s: float = setting(
        4.0,
        "1/s",
        "Of one address while nobody waits. 0: any.",
        ge=0,
        le=1_000_000,
    )
    door_tickets_per_min_held: float = setting(
        0.1,
        "1/min",
        "Of one address while people wait, ten at once; what is more gets ever later places. 0: any.",
        ge=0,
        le=1_000_000,
    )
    wide_networks: tuple[str, ...] = setting(
        (),
        "networks",
        "A campus, a carrier's gateway: counted so many times wider, as 192.0.2.7=500 or 2001:db8::/48=2000.",
    )
