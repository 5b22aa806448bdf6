"""The edge's figures for Prometheus. The one file that imports prometheus_client.

Comes in: what happened. Goes out: the text of `/metrics`. Never: a label that the crowd can choose (a path,
an address, a Space's name from a URL): labels are ours and few.
"""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

_WAIT_BUCKETS_S = (0.01, 0.1, 0.32, 0.64, 0.96, 1.28, 2, 4, 8, 18)


class Metrics:
    """One registry per edge, so that two edges in one process (the tests) do not share figures.

    Args:
        live_streams, open_spaces: read when somebody looks.
    """

    content_type = CONTENT_TYPE_LATEST

    def __init__(self, *, live_streams: Callable[[], int], open_spaces: Callable[[], int]) -> None:
        self.registry = CollectorRegistry()
        self._answers = Counter(
            "stentor_edge_answers", "Answers by class of request.", ["kind", "status"], registry=self.registry
        )
        self._bytes = Counter(
            "stentor_edge_sent_bytes", "Bytes of audio handed to sockets.", ["kind"], registry=self.registry
        )
        self._skipped = Counter(
            "stentor_edge_skipped_chunks", "Chunks left out for slow listeners.", registry=self.registry
        )
        self._ended = Counter(
            "stentor_edge_streams_ended",
            "Live streams that ended, by reason.",
            ["why"],
            registry=self.registry,
        )
        self._held = Histogram(
            "stentor_edge_hls_held_seconds",
            "How long HLS requests were held for what they asked.",
            buckets=_WAIT_BUCKETS_S,
            registry=self.registry,
        )
        live = Gauge("stentor_edge_live_streams", "Open live streams.", registry=self.registry)
        live.set_function(live_streams)
        spaces = Gauge("stentor_edge_open_spaces", "Spaces whose programme is read.", registry=self.registry)
        spaces.set_function(open_spaces)

    def answered(self, kind: str, status: int) -> None:
        self._answers.labels(kind, str(status)).inc()

    def sent(self, kind: str, size_bytes: int) -> None:
        self._bytes.labels(kind).inc(size_bytes)

    def skipped(self, chunks: int) -> None:
        self._skipped.inc(chunks)

    def stream_ended(self, why: str) -> None:
        self._ended.labels(why).inc()

    def held(self, seconds: float) -> None:
        self._held.observe(seconds)

    def text(self) -> bytes:
        return generate_latest(self.registry)
