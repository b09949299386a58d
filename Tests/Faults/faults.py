#!/usr/bin/env python3
"""Breaks everything around two nodes while they are under load, and tells which failures had to be.

  faults.py --kong PATH [--minutes 10 | --short] [--seed N] [--reload SECONDS] [--keep]

Two nodes share a PostgreSQL server. Node A is reloaded and its worker is killed; node B's worker lives through
everything else, so that whatever it loses in the course of time is seen. Both are asked in every way there is, while

  their upstreams refuse, hang, reset, send garbage and come back,
  the network to one upstream is cut, which takes root's rights and namespaces,
  clients disappear in the middle of what they do,
  the name server lies,
  PostgreSQL is stopped and frozen,
  the configuration changes every second.

Ends with 1 if a request failed that no fault excuses, or if memory, descriptors or threads did not come back to where
they were after the warm-up.
"""
import argparse
import asyncio
import logging
import os
import random
import shutil
import signal
import sys
import tempfile
import time

import grpc_calls
import http2
import report
import resources
from changes import Changes
from clients import Load
from lanes import POOL, Lanes, control
from ledger import Ledger, now
from nameserver import NameServer
from node import Database, Network, Node, Upstreams

# What a process may have more of at the end than after the warm-up. Memory that the allocator keeps for later is no
# leak; a leak of the load's size would be hundreds of MiB. The threads for tasks and for PostgreSQL are started when
# they are first needed, up to a fixed number, and come and go.
EXTRA_KIB, EXTRA_DESCRIPTORS, EXTRA_THREADS = 8 << 10, 6, 6
# The short form's warm-up is over before all that is needed is allocated.
EXTRA_KIB_IN_SHORT = 16 << 10
CALM_SECONDS = 20
# What a node says of the faults, at the level error.
EXPECTED_ERRORS = ("upstream", "connect() failed", "[dns]", "[healthcheck]", "the database ", "client ", "more lines")
# A worker that is killed before it is ready fails the reload that it was started for.
EXPECTED_EMERGENCY = "reload failed, the old configuration stays in force: worker process exited on signal 9"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--kong", required=True, help="the program")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=None, help="repeats a run's choices, though not its timing")
    parser.add_argument("--reload", type=float, default=60, metavar="SECONDS")
    parser.add_argument("--short", action="store_true", help="a run of less than half a minute")
    parser.add_argument("--keep", action="store_true", help="keep the nodes' folders")
    return parser.parse_args()


class Stage:
    """All that takes part."""

    def __init__(self, options, ledger):
        self.options, self.ledger = options, ledger
        self.folder = tempfile.mkdtemp(prefix="gibbon-faults-")
        # PostgreSQL and the workers run as users of their own.
        os.chmod(self.folder, 0o755)
        self.database = self.network = self.upstreams = self.far = self.grpc = None
        self.nodes = []
        self.names = NameServer()

    async def set_up(self):
        self.network = Network.make()
        # Known before it runs, so that a run that is ended meanwhile leaves no server behind.
        self.database = Database(f"{self.folder}/postgres")
        await asyncio.to_thread(self.database.create)
        self.upstreams = await Upstreams.start("127.0.0.1", ["solid", "shaky", *POOL, "tcp-solid"])
        if self.network:
            self.far = await Upstreams.start(self.network.address, ["far"], self.network.prefix)
        await self.names.start()
        for name in ("name-a", "name-b"):
            self.names.addresses[f"{name}.faults.test"] = bytes([127, 0, 0, 1])
        settings = {
            "database": "postgres", "pg_host": "127.0.0.1", "pg_port": self.database.port, "pg_user": "postgres",
            "pg_password": "postgres", "pg_database": "postgres", "pg_timeout": 4000,
            "dns_resolver": f"127.0.0.1:{self.names.port}", "dns_order": "LAST,A", "dns_not_found_ttl": 1,
        }
        self.nodes = [Node(self.options.kong, name, self.folder, settings) for name in ("A", "B")]
        self.nodes[0].must("migrations", "bootstrap", "-c", self.nodes[0].conf)
        for node in self.nodes:
            await asyncio.to_thread(node.start)
        if grpc_calls.grpc:
            pair = [f"{self.nodes[0].prefix}/ssl/kong-default.{kind}" for kind in ("crt", "key")]
            self.grpc = await grpc_calls.Server.start(*pair)
        self.configure(self.nodes[0])
        await self.until_known(self.nodes[1])

    def configure(self, node):
        ports = self.upstreams.ports
        # The short form runs wherever the tests do, also where an upstream that is well may be slow: there only a
        # connection that ends or is refused is a failure of the upstream. Here it is also one that takes too long.
        limit, slow = (10_000, 0) if self.options.short else (2000, 2)
        times = {"connect_timeout": limit, "read_timeout": limit, "write_timeout": limit}
        checks = {"active": {"http_path": "/health", "timeout": limit / 2000,
                             "healthy": {"interval": 1, "successes": 1},
                             "unhealthy": {"interval": 1, "http_failures": 2, "tcp_failures": 2, "timeouts": slow}},
                  "passive": {"unhealthy": {"http_failures": 5, "tcp_failures": 2, "timeouts": slow}}}
        node.make("/upstreams", {"name": "pool.faults", "healthchecks": checks})
        for name in POOL:
            node.make("/upstreams/pool.faults/targets", {"target": f"127.0.0.1:{ports[name]}"})
        services = {"solid": ("127.0.0.1", ports["solid"]), "shaky": ("127.0.0.1", ports["shaky"]),
                    "pool": ("pool.faults", 80), "name-a": ("name-a.faults.test", ports["solid"]),
                    "name-b": ("name-b.faults.test", ports["solid"])}
        if self.far:
            services["far"] = (self.far.address, self.far.ports["far"])
        for name, (host, port) in services.items():
            limits = {} if name in ("solid", "name-b") else times
            node.make("/services", {"name": name, "host": host, "port": port, "protocol": "http", **limits})
            node.make(f"/services/{name}/routes", {"name": name, "paths": [f"/{name}"]})
        node.make("/services", {"name": "tcp", "host": "127.0.0.1", "port": ports["tcp-solid"], "protocol": "tcp"})
        node.make("/services/tcp/routes", {"name": "tcp", "protocols": ["tcp"], "sources": [{"ip": "127.0.0.0/8"}]})
        if self.grpc:
            node.make("/services", {"name": "grpc", "host": "127.0.0.1", "port": self.grpc.port, "protocol": "grpc"})
            node.make("/services/grpc/routes", {"name": "grpc", "protocols": ["grpc"], "paths": ["/test.Service"]})
        node.make("/plugins", {"name": "correlation-id"})

    async def until_known(self, node):
        end = now() + 15
        while now() < end:
            if node.ask("GET", "/routes/tcp")[0] == 200 and node.ask("GET", "/plugins")[1]["data"]:
                return
            await asyncio.sleep(0.05)
        sys.exit("node B did not hear of the configuration")

    async def drop_connections(self):
        """Ends the upstreams' connections, so that descriptors can be counted."""
        for name in self.upstreams.ports:
            await self.upstreams.tell(name, "drop")
        if self.far:
            await self.far.tell("far", "drop")

    def processes(self):
        found = {}
        for node in self.nodes:
            found[f"master of {node.name}"] = node.master
            for worker in node.workers[-1:]:
                found[f"worker of {node.name}"] = worker
        return found

    async def settled(self):
        """What the processes use once their workers' connections are closed and old workers gone."""
        await self.drop_connections()
        best, last_change, end = {}, now(), now() + CALM_SECONDS
        while now() < end and now() - last_change < 2:
            await asyncio.sleep(0.2)
            for who, pid in self.processes().items():
                found = resources.sample(pid)
                if found and (who not in best or found < best[who] or found[1] < best[who][1]):
                    if who not in best or found[1:] != best[who][1:]:
                        last_change = now()
                    best[who] = found
        return best

    async def tear_down(self):
        for node in self.nodes:
            await asyncio.to_thread(node.stop)
        for upstreams in (self.upstreams, self.far, self.grpc):
            if upstreams:
                await upstreams.stop()
        if self.database:
            await asyncio.to_thread(self.database.remove)
        if self.network:
            self.network.remove()
        if not self.options.keep:
            shutil.rmtree(self.folder, ignore_errors=True)


def clients(load, stage, session_seconds):
    """The mixed load, of every node."""
    found = []
    for node in stage.nodes:
        found += [
            load.kept(node, "solid"), load.kept(node, "solid", tls=True), load.short(node, "solid"),
            load.pipelined(node, "solid"), load.uploads(node, "solid"), load.sockets(node, "solid", session_seconds),
            load.streams(node, "tcp", session_seconds), load.vanishing(node, "solid"),
            load.kept(node, "shaky"), load.short(node, "shaky"), load.uploads(node, "shaky"),
            load.sockets(node, "shaky", session_seconds), load.vanishing(node, "shaky"),
            load.kept(node, "pool"), load.short(node, "pool"), load.short(node, "pool"),
            load.short(node, "name-a", 0.1), load.short(node, "name-b", 0.1), load.kept(node, "name-b", pace=0.1),
        ]
        if stage.far:
            found.append(load.kept(node, "far", pace=0.1))
        if http2.h2:
            found += [http2.client(load, node, "solid"), http2.client(load, node, "pool"),
                      http2.client(load, node, "solid", tls=True)]
        if stage.grpc:
            found.append(grpc_calls.client(load, node))
    return found


async def under_load(stage, load, seconds, session_seconds):
    load.start(clients(load, stage, session_seconds))
    await asyncio.sleep(seconds)
    await load.stop()


async def under_faults(stage, load, options, session_seconds):
    length = 1.0 if options.short else 3.0
    lanes = Lanes(stage, random.Random(options.seed), length)
    changes = Changes(stage.ledger, stage.nodes, stage.upstreams, 0.3 if options.short else 1.0)
    load.start(clients(load, stage, session_seconds))
    tasks = [asyncio.create_task(lane) for lane in lanes.all(options.reload)]
    changing = asyncio.create_task(changes.run())
    await asyncio.sleep(options.seconds)
    lanes.is_running = changes.is_running = False
    # The lanes mend what they broke before they end.
    await asyncio.gather(*tasks, changing)
    await load.stop()
    await changes.tidy(stage.nodes[1])


async def follow(stage, origin):
    """Tells each minute what the workers have, so that a slow growth is seen while it grows."""
    while True:
        found = {who: resources.sample(pid) for who, pid in stage.processes().items() if who.startswith("worker")}
        texts = [f"{who}: {has[0]} KiB, {has[1]} descriptors, {has[2]} threads" for who, has in found.items() if has]
        print(f"{now() - origin:6.0f} s  {'; '.join(texts)}", file=sys.stderr, flush=True)
        await asyncio.sleep(60)


async def play(stage, options):
    ledger, origin = stage.ledger, now()
    session_seconds = 4 if options.short else 15
    load = Load(ledger, options.seed)
    watches = [asyncio.create_task(watch) for watch in (control(ledger, stage.upstreams), follow(stage, origin))]
    warm = 3 if options.short else 60
    await under_load(stage, load, warm, session_seconds)
    before = await stage.settled()
    await under_faults(stage, load, options, session_seconds)
    await under_load(stage, load, warm, session_seconds)
    for watch in watches:
        watch.cancel()
    after = await stage.settled()
    return conclude(stage, origin, before, after)


def is_strange(line):
    """Lines of the error log that no fault explains."""
    if any(word in line for word in ("[crit]", "[emerg]", "Fatal error")):
        return EXPECTED_EMERGENCY not in line
    return "[error]" in line and not any(word in line for word in EXPECTED_ERRORS)


def conclude(stage, origin, before, after):
    ledger = stage.ledger
    needless = ledger.judge()
    kib = EXTRA_KIB_IN_SHORT if stage.options.short else EXTRA_KIB
    rows = []
    for who in before:
        rows += resources.compare(who, before[who], after[who], (kib, EXTRA_DESCRIPTORS, EXTRA_THREADS))
    leaks = [row for row in rows if row[3] > row[4]]
    severe = [line for node in stage.nodes for line in node.log().splitlines() if is_strange(line)]
    for text in (report.load_table(ledger), report.fault_table(ledger), report.figure_table(ledger),
                 report.resource_table(rows)):
        print(text, end="\n\n")
    print(f"{ledger.vanished} clients disappeared")
    for text in ledger.notes + severe[:20]:
        print(text)
    print(f"{ledger.total} requests, {len(ledger.failures)} failed, of which {len(needless)} needlessly; "
          f"{len(leaks)} leaks")
    if needless:
        print(report.needless_list(ledger, needless, origin))
    return not needless and not leaks and not ledger.notes and not severe


async def main():
    run = asyncio.current_task()
    # Once: timeout(1) tells both the process and its group, and the second signal must not end the tidying up.
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, lambda: run.cancelling() or run.cancel())
    options = arguments()
    options.seed = int(time.time()) if options.seed is None else options.seed
    options.seconds = 12 if options.short else options.minutes * 60
    options.reload = min(options.reload, 4) if options.short else options.reload
    stage = Stage(options, Ledger())
    print(f"seed {options.seed}", flush=True)
    try:
        await stage.set_up()
        for missing, text in ((http2.h2, "HTTP/2: python3-h2 is not installed"),
                              (grpc_calls.grpc, "gRPC: python3-grpcio is not installed"),
                              (stage.network, "a cut network: no rights to make one")):
            if not missing:
                print(f"left out is {text}")
        return await play(stage, options)
    finally:
        await stage.tear_down()
        if run.cancelling():
            # Clients within a request, whose answer nobody gives any more, are not waited for.
            os._exit(1)


if __name__ == "__main__":
    # That somebody has gone while he was written to is no news here.
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    sys.exit(0 if asyncio.run(main()) else 1)
