"""Figures about this installation for Prometheus: counted where requests are answered, summed up over the processes.

A route is the name of an address pattern, never the address: there are as many series as pages, not as visitors. Where
the processes share a folder (PROMETHEUS_MULTIPROC_DIR, set by `xuke serve`), whichever is asked tells of all.
"""

from __future__ import annotations

import os

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from xuke.config import readings

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_STEPS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

REQUESTS = Counter("xuke_http_requests", "Requests answered", ["route", "method", "status"])
SECONDS = Histogram("xuke_http_request_seconds", "Seconds until the answer was made", ["route"], buckets=_STEPS)
IN_FLIGHT = Gauge("xuke_http_requests_in_flight", "Requests being answered now", multiprocess_mode="livesum")
PAGES_KEPT = Counter("xuke_page_cache_requests", "Requests that the page cache looked at", ["result"])
PAGE_BYTES = Gauge("xuke_page_cache_bytes", "Bytes in the page caches", multiprocess_mode="livesum")
TOO_OFTEN = Counter(
    "xuke_http_too_many_requests", "Requests turned away because one client asked too often", ["address"]
)
BUSY = Counter("xuke_database_busy", "Requests refused because a row stayed locked, or two waited for each other")


def method_label(method: str) -> str:
    """The method, or `other`: whoever invents methods makes no series."""
    return method if method in _METHODS else "other"


def answered(*, route: str, method: str, status: int, seconds: float) -> None:
    """A request was answered by the application."""
    REQUESTS.labels(route, method_label(method), str(status)).inc()
    SECONDS.labels(route).observe(seconds)


def answered_from_memory(*, route: str, method: str, status: int) -> None:
    """A request was answered with a page that was kept."""
    REQUESTS.labels(route, method_label(method), str(status)).inc()


class _FromDatabase:
    """Gauges whose values stand in the database."""

    def __init__(self, taken: readings.Readings) -> None:
        self._taken = taken

    def collect(self) -> list[GaugeMetricFamily]:
        """The families, in the exposition's words."""
        taken = self._taken
        jobs = GaugeMetricFamily("xuke_jobs", "Background jobs by state", labels=["state"])
        for state, count in sorted(taken.jobs.items()):
            jobs.add_metric([state], count)
        connections = GaugeMetricFamily("xuke_database_connections", "Our connections by state", labels=["state"])
        for state, count in sorted(taken.connections.items()):
            connections.add_metric([state], count)
        plain = (
            ("xuke_database_up", "Whether the figures below could be read", float(taken.is_up)),
            ("xuke_oldest_job_seconds", "Age of the oldest job that waits", taken.oldest_job),
            ("xuke_sealer_lag_seconds", "Age of the oldest entry that could be sealed and is not", taken.sealer_lag),
            ("xuke_unsealed_entries", "Entries that could be sealed and are not (at most 10000)", taken.unsealed),
            ("xuke_unhandled_news", "Reactions still to be carried out (at most 10000)", taken.unhandled),
            ("xuke_failing_news", "Reactions that failed and are tried again (at most 10000)", taken.failing),
            ("xuke_open_applications", "Open applications, as the planner estimates", taken.open_applications),
        )
        return [jobs, connections, *(GaugeMetricFamily(name, told, value) for name, told, value in plain)]


def exposition() -> bytes:
    """Everything there is to tell, in Prometheus's text format. Asks the database, at most every few seconds."""
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        for metric in (REQUESTS, SECONDS, IN_FLIGHT, PAGES_KEPT, PAGE_BYTES, TOO_OFTEN, BUSY):
            registry.register(metric)
    registry.register(_FromDatabase(readings.taken()))
    return generate_latest(registry)
