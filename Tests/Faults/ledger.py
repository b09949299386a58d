"""What was asked, what failed, what was broken meanwhile, and which failure had to be.

A failure had to be if a fault covers it: the upstream that alone could answer was broken while the request was under
way, or the connection ended with the worker that was killed. Whatever no fault covers is needless, and the run fails.
"""
import collections
import dataclasses
import threading
import time

now = time.monotonic

# What a client may never see, whatever is broken: bytes of somebody else's answer, or wrong bytes of its own.
NEVER = ("wrong answer",)
# How a client sees the end of a connection.
CONNECTION_LOST = ("closed", "reset", "truncated", "RemoteDisconnected", "ConnectionResetError")


@dataclasses.dataclass
class Request:
    """A request, a WebSocket or stream session, or a change of the configuration, from its beginning to its end."""
    kind: str
    node: str
    service: str
    opened: float
    started: float
    ended: float
    failure: str
    safe: bool

    @property
    def seconds(self):
        return self.ended - self.started


@dataclasses.dataclass
class Fault:
    """Something that was broken from `begin` to `end`. `grace` is for how long after it its traces may be met."""
    name: str
    excuses: object
    begin: float = 0.0
    end: float = float("inf")
    grace: float = 0.5
    covered: list = dataclasses.field(default_factory=list)

    def overlaps(self, request):
        return request.ended >= self.begin and request.started <= self.end + self.grace

    def covers(self, request):
        return self.overlaps(request) and self.excuses(self, request)


class Ledger:
    """Collects requests and faults; keeps every failure, and of successes the figures only."""

    def __init__(self):
        self.failures = []
        self.faults = []
        self.counts = collections.Counter()
        self.slowest = collections.defaultdict(float)
        self.vanished = 0
        self.notes = []
        self.figures = collections.defaultdict(list)
        self.lock = threading.Lock()

    def add(self, request):
        key = (request.kind, request.service)
        self.counts[key] += 1
        if request.failure:
            self.failures.append(request)
        else:
            self.slowest[key] = max(self.slowest[key], request.seconds)

    def note(self, text):
        self.notes.append(text)

    def figure(self, name, value):
        """A measured value of which the report tells the median and the largest."""
        self.figures[name].append(value)

    def begin(self, name, excuses, grace=0.5):
        fault = Fault(name, excuses, begin=now(), grace=grace)
        self.faults.append(fault)
        return fault

    def end(self, fault):
        fault.end = now()

    @property
    def total(self):
        return sum(self.counts.values())

    def judge(self):
        """The failures that no fault covers. Every other one is noted with the faults that do."""
        needless = []
        for request in self.failures:
            covering = [f for f in self.faults if f.covers(request)]
            if not covering or request.failure.startswith(NEVER):
                needless.append(request)
            for fault in covering:
                fault.covered.append(request)
        return needless


# MARK: - Rules: which failures a fault excuses


def sole_upstream(*services):
    """Every request to these services: nobody else could have answered."""
    return lambda fault, request: request.service in services


def one_of_several(service):
    """A target that dies takes with it what it was answering. Nothing that was begun later, and nothing that may be
    repeated and had no answer yet."""
    def rule(fault, request):
        if request.service != service:
            return False
        was_under_way = request.started <= fault.begin + 0.3
        return not request.safe or was_under_way and request.failure.startswith("truncated")
    return rule


def garbled_target(service):
    """An answer that is none is not tried again elsewhere (nginx' proxy_next_upstream: error timeout)."""
    return lambda fault, request: request.service == service


def killed_worker(node):
    """What was under way, or was begun later, over a connection that the killed worker held."""
    def rule(fault, request):
        is_lost = request.failure.startswith(CONNECTION_LOST)
        return is_lost and request.node == node and request.opened <= fault.end and request.ended >= fault.begin
    return rule


def database_away(fault, request):
    """Changes need the database; requests never do."""
    return request.kind == "change"


def late_upstreams(fault, request):
    """An upstream that is late by itself, since the machine is busy, may count as unhealthy, or not answer in time."""
    return request.kind != "change" and request.failure.startswith(("status 503", "status 504", "no answer"))
