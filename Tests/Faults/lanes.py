"""The faults, in lanes that run beside each other: each breaks something, mends it, and waits a little."""
import asyncio
import http.client
import os
import signal

import ledger
from clients import Connection, WrongAnswer
from http1 import BadMessage
from ledger import Fault, now

POOL = ["pool-0", "pool-1", "pool-2"]
# Until a wrong answer is gone: its time to live, one more use while a new one is fetched, the pause after errors.
NAME_GRACE = 6
# Packets are sent again at growing intervals.
NETWORK_GRACE = 6
# A node may be slow to see that idle connections of its pool have ended; what may not be repeated fails on those.
UPSTREAM_GRACE = 3
DATABASE_GRACE = 5
# What the upstreams themselves need at most; and until health checks have seen that they are in time again.
LATE_SECONDS = 0.4
LATE_GRACE = 5
# A client may wait before it uses a connection again that is gone.
KILL_GRACE = 30


async def control(book, upstreams):
    """Asks the upstreams' process directly, again and again, to know what is not the gateway's doing."""
    while True:
        fault = Fault("upstreams late by themselves", ledger.late_upstreams, begin=now(), grace=LATE_GRACE)
        try:
            connection = await Connection.open(upstreams.ports["solid"])
            await connection.check(connection.send("GET", "/bytes/1"), "/direct/bytes/1")
            connection.close()
        except (OSError, BadMessage):
            # All connections to upstreams are ended once in a while, to count descriptors.
            continue
        book.end(fault)
        if fault.end - fault.begin > LATE_SECONDS:
            book.faults.append(fault)
        book.figure("an upstream, asked directly", fault.end - fault.begin)
        await asyncio.sleep(0.2)


class Lanes:
    def __init__(self, stage, seed_random, length):
        self.stage, self.random, self.length = stage, seed_random, length
        self.ledger = stage.ledger
        self.is_running = True

    def all(self, reload_seconds):
        lanes = [self.lone_upstream(), self.target(), self.names(), self.kills(), self.database(),
                 self.reloads(reload_seconds)]
        return lanes + ([self.network()] if self.stage.network else [])

    async def wait(self, low, high):
        end = now() + self.random.uniform(low, high) * self.length
        while self.is_running and now() < end:
            await asyncio.sleep(min(0.05, max(0, end - now())))

    def shuffled(self, items):
        items = list(items)
        self.random.shuffle(items)
        return items

    # MARK: - Upstreams

    async def lone_upstream(self):
        """The only upstream of a service."""
        while self.is_running:
            for mode in self.shuffled(["refuse", "hang", "reset", "garbage"]):
                await self.break_origin("shaky", mode, ledger.sole_upstream("shaky"), f"only upstream: {mode}")

    async def target(self):
        """One of three targets: whoever asks goes to another one."""
        while self.is_running:
            for mode in self.shuffled(["refuse", "hang", "reset", "garbage"]):
                rule = ledger.garbled_target if mode == "garbage" else ledger.one_of_several
                await self.until_pool_is_well()
                await self.break_origin(self.random.choice(POOL), mode, rule("pool"), f"one target of three: {mode}")

    async def until_pool_is_well(self):
        """Before the next target is broken, every node knows that the last one is back: two of three are well."""
        for node in self.stage.nodes:
            while self.is_running and not await asyncio.to_thread(self.is_well, node):
                await asyncio.sleep(0.1)

    @staticmethod
    def is_well(node):
        try:
            _, answer = node.ask("GET", "/upstreams/pool.faults/health")
            return all(target["health"] == "HEALTHY" for target in answer["data"])
        except (OSError, http.client.HTTPException, ValueError, LookupError, TypeError):
            return False

    async def break_origin(self, name, mode, rule, text):
        await self.wait(0.5, 1)
        if not self.is_running:
            return
        fault = self.ledger.begin(text, rule, UPSTREAM_GRACE)
        await self.stage.upstreams.tell(name, mode)
        await self.wait(1, 2)
        await self.stage.upstreams.tell(name, "ok")
        self.ledger.end(fault)

    async def network(self):
        """The network to an upstream is cut, and nobody says so."""
        while self.is_running:
            await self.wait(1.5, 2.5)
            if not self.is_running:
                return
            fault = self.ledger.begin("network to an upstream cut", ledger.sole_upstream("far"), NETWORK_GRACE)
            self.stage.network.cut()
            await self.wait(1, 2)
            self.stage.network.mend()
            self.ledger.end(fault)

    # MARK: - Names

    async def names(self):
        lies = [("nxdomain", "name-a"), ("servfail", "name-a"), ("wrong", "name-a"), ("silent", "name-a"),
                ("slow", "name-b"), ("cut", "name-b"), ("odd", "name-b")]
        while self.is_running:
            for lie, service in self.shuffled(lies):
                await self.wait(0.3, 0.6)
                if not self.is_running:
                    return
                await self.lie(lie, service)

    async def lie(self, lie, service):
        """name-a is lied about; of name-b the truth can always be found out, and no request to it may fail."""
        excused = ledger.sole_upstream("name-a") if service == "name-a" else ledger.sole_upstream()
        fault = self.ledger.begin(f"DNS: {lie}", excused, NAME_GRACE)
        self.stage.names.lies[f"{service}.faults.test"] = lie
        await self.wait(1, 1.5)
        self.stage.names.lies.clear()
        self.ledger.end(fault)

    # MARK: - The node and its database

    async def kills(self):
        """kill -9 to the worker of one node; the other node's worker lives through everything."""
        node = self.stage.nodes[0]
        while self.is_running:
            await self.wait(4, 6)
            if not self.is_running or not node.workers:
                continue
            fault = self.ledger.begin("worker: kill -9", ledger.killed_worker(node.name), KILL_GRACE)
            os.kill(max(node.workers), signal.SIGKILL)
            self.ledger.end(fault)
            self.ledger.figure("kill -9 of the worker, until the next answer", await self.next_answer(node))

    async def next_answer(self, node):
        """Seconds until a new connection that is opened now has an answer."""
        started = now()
        while now() - started < 15:
            try:
                connection = await Connection.open(node.http)
                await asyncio.wait_for(connection.ask("GET", "/solid/bytes/1", ["Connection: close"]), 15)
                connection.close()
                return now() - started
            except (OSError, asyncio.TimeoutError, asyncio.IncompleteReadError, BadMessage, WrongAnswer):
                await asyncio.sleep(0.002)
        return now() - started

    async def database(self):
        database = self.stage.database
        while self.is_running:
            for name, away, back in self.shuffled([("stopped", database.stop, database.start),
                                                   ("frozen", database.freeze, database.thaw)]):
                await self.wait(3, 4)
                if not self.is_running:
                    return
                fault = self.ledger.begin(f"PostgreSQL {name}", ledger.database_away, DATABASE_GRACE)
                await asyncio.to_thread(away)
                await self.wait(1.5, 3)
                await asyncio.to_thread(back)
                self.ledger.end(fault)
                self.ledger.figure(f"PostgreSQL back after it was {name}, until a change is taken",
                                   await self.next_change())

    async def next_change(self):
        started = now()
        body = {"username": "returned"}
        while now() - started < 20:
            try:
                if (await asyncio.to_thread(self.stage.nodes[1].ask, "PUT", "/consumers/returned", body))[0] == 200:
                    break
            except (OSError, http.client.HTTPException, ValueError):
                pass
            await asyncio.sleep(0.02)
        return now() - started

    async def reloads(self, seconds):
        """kong reload excuses nothing."""
        node = self.stage.nodes[0]
        while self.is_running:
            end = now() + seconds
            while self.is_running and now() < end:
                await asyncio.sleep(0.05)
            if not self.is_running:
                return
            fault = self.ledger.begin("kong reload", ledger.sole_upstream(), 1)
            done = await asyncio.to_thread(node.run, "reload", "-p", node.prefix)
            self.ledger.end(fault)
            if done.returncode:
                self.ledger.note(f"kong reload failed: {done.stdout.strip()}")
