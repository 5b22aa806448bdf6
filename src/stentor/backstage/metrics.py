"""The stage door's figures. The one file of this role that imports prometheus_client.

Never: a label whose values a stranger can invent (a path, a token, an address).
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

MEDIA_TYPE = CONTENT_TYPE_LATEST


class DoorMetrics:
    """One registry per door, so that two doors in one test do not share figures."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "stentor_door_requests", "Requests.", ("route", "method", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "stentor_door_request_seconds",
            "Time to the first byte of the answer.",
            registry=self._registry,
            buckets=(0.005, 0.02, 0.1, 0.5, 2, 5),
        )
        self._joins = Counter(
            "stentor_door_joins",
            "WHIP offers by the status of the answer.",
            ("status",),
            registry=self._registry,
        )
        self._wishes = Counter(
            "stentor_door_wishes",
            "Wishes of listeners that edges passed on, by the status of the answer.",
            ("kind", "status"),
            registry=self._registry,
        )
        self._programmes = Gauge(
            "stentor_door_programmes", "Ingest workers that run.", registry=self._registry
        )
        self._feeds = Gauge("stentor_door_feeds", "Open live feeds.", registry=self._registry)
        self._cuts = Counter("stentor_door_feeds_cut", "Feeds cut: too slow.", registry=self._registry)
        self._lost = Gauge(
            "stentor_door_lines_lost",
            "Lines of the Spaces' event logs and of the house's log lost while the log was away.",
            ("log",),
            registry=self._registry,
        )
        self._beats = Counter(
            "stentor_controller_beats", "Beats of edges.", ("outcome",), registry=self._registry
        )
        self._leads = Gauge(
            "stentor_controller_leads", "1: this one is the controller.", registry=self._registry
        )

        self._audience = Gauge(
            "stentor_audience",
            "People of all Spaces: hearing, admitted, waiting; unknown counts edges.",
            ("what",),
            registry=self._registry,
        )

        self._webhooks = Counter(
            "stentor_webhook_tries", "Tries to tell a webhook.", ("outcome",), registry=self._registry
        )

    def webhook_tried(self, *, is_good: bool) -> None:
        self._webhooks.labels("taken" if is_good else "failed").inc()

    def request_answered(self, *, route: str, method: str, status: int, seconds: float) -> None:
        self._requests.labels(route, method, str(status)).inc()
        self._seconds.observe(seconds)

    def join_ended(self, status: int) -> None:
        self._joins.labels(str(status)).inc()

    def wish_answered(self, kind: str, status: int) -> None:
        """Args: kind: `ask` or `question`."""
        self._wishes.labels(kind, str(status)).inc()

    def programmes_run(self, count: int) -> None:
        self._programmes.set(count)

    def feed_cut(self) -> None:
        self._cuts.inc()

    def beat_heard(self, *, is_good: bool) -> None:
        self._beats.labels("good" if is_good else "bad").inc()

    def leads(self, is_leader: bool) -> None:
        self._leads.set(int(is_leader))

    def audience(self, *, hearing: int, admitted: int, unknown: int, waiting: int) -> None:
        counts = {"hearing": hearing, "admitted": admitted, "unknown": unknown, "waiting": waiting}
        for what, value in counts.items():
            self._audience.labels(what).set(value)

    def text(self, *, feed_count: int, events_lost: int = 0, notes_lost: int = 0) -> bytes:
        """What Prometheus reads."""
        self._feeds.set(feed_count)
        self._lost.labels("events").set(events_lost)
        self._lost.labels("house").set(notes_lost)
        return generate_latest(self._registry)
