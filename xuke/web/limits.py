"""How often, and how much at once, one client may ask for what costs us much: counted in the memory of one process.

A limit against machines that hammer, no promise about numbers: each process counts for itself, and a restart forgets.
The buckets themselves read no clock and know no request.
"""

from __future__ import annotations

import weakref
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from threading import Lock, RLock
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from django.http import HttpRequest

T = TypeVar("T")
_NETWORK = 64
"""The bits of an IPv6 address that name a customer; the rest a machine chooses, a new one every second if it likes."""


class Buckets:
    """One bucket per client: `rate` tokens flow in each second, `burst` fit. At most `most` clients are remembered.

    Whoever was not seen for longest is forgotten first; their bucket would be full by then, or else somebody floods us
    with addresses, against whom no limit per address helps.
    """

    def __init__(self, *, rate: float, burst: float, most: int = 50_000) -> None:
        if rate <= 0 or burst <= 0 or most < 1:
            raise ValueError("a limit lets something through")
        self.rate, self.burst = rate, burst
        self._most = most
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def take(self, key: str, cost: float, now: float) -> float:
        """Take `cost` tokens: 0.0 when allowed, else the seconds to wait; nothing is taken then.

        `now` counts seconds and never goes back (time.monotonic). What costs more than fits is allowed from a full
        bucket, and leaves a debt.
        """
        with self._lock:
            left, since = self._left.pop(key, (self.burst, now))
            left = min(self.burst, left + max(0.0, now - since) * self.rate)
            missing = min(cost, self.burst) - left
            allowed = missing <= 1e-9  # Sums of floats: what was waited for has to be enough.
            self._left[key] = (left - cost if allowed else left, now)
            if len(self._left) > self._most:
                self._left.popitem(last=False)
        return 0.0 if allowed else missing / self.rate

    def left(self, key: str, now: float) -> tuple[float, float]:
        """The tokens a client has left, and the seconds until the bucket is full again."""
        with self._lock:
            left, since = self._left.get(key, (self.burst, now))
        left = max(0.0, min(self.burst, left + max(0.0, now - since) * self.rate))
        return left, (self.burst - left) / self.rate

    def __len__(self) -> int:
        return len(self._left)


class Places:
    """Places for what goes on at the same time: `most` in this process, and of one client `each`."""

    def __init__(self, *, most: int, each: int) -> None:
        self._most, self._each = most, each
        self._taken: Counter[str] = Counter()
        self._lock = RLock()  # A place may be forgotten while this very thread takes one.

    def take(self, key: str) -> Place | None:
        """A place, or None when there is none. An empty key is nobody in particular, who may have all of them."""
        with self._lock:
            if self._taken.total() >= self._most or (key and self._taken[key] >= self._each):
                return None
            self._taken[key] += 1
        return Place(self, key)

    def give_back(self, key: str) -> None:
        """One place of this client is free again."""
        with self._lock:
            self._taken[key] -= 1
            if self._taken[key] <= 0:
                del self._taken[key]

    def __len__(self) -> int:
        with self._lock:
            return self._taken.total()


class Place:
    """One place, until it is closed; or forgotten, so that none is lost with an answer that nobody sent."""

    def __init__(self, places: Places, key: str) -> None:
        self.close = weakref.finalize(self, places.give_back, key)


class Leaving(Iterator[T]):
    """What leaves piece by piece, in a place that is free again when it has left or was broken off.

    After `longest` seconds it is broken off: whoever reads a byte a minute keeps nobody else from reading.
    """

    def __init__(self, pieces: Iterator[T], place: Place, *, longest: float, clock: Callable[[], float]) -> None:
        self._pieces, self._place, self._clock = pieces, place, clock
        self._until = clock() + longest

    def __next__(self) -> T:
        if self._clock() > self._until:
            raise TimeoutError("a list was read too slowly")
        return next(self._pieces)

    def close(self) -> None:
        """Nothing more is read."""
        self._place.close()


def client_of(request: HttpRequest) -> str:
    """Whom a limit counts for: the address of the client, as our proxy says it; of IPv6 the network."""
    return network_of(request.META.get("REMOTE_ADDR", ""))


def network_of(address: str) -> str:
    """The address, or for IPv6 its network; what is no address is one client for all."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return ""
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return f"{IPv6Address(int(parsed) >> (128 - _NETWORK) << (128 - _NETWORK))}/{_NETWORK}"
    return str(parsed)


@lru_cache(maxsize=1_024)
def is_this_machine(address: str) -> bool:
    """Whether the machine itself asks: a program here, or a proxy here that nobody has introduced."""
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
