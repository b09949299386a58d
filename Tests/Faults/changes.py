"""Changes of the configuration, one after the other through the Admin API, each looked for in the proxy at once."""
import asyncio
import http.client
import itertools

import http1
from clients import Connection
from ledger import Request, now

SEEN_SECONDS = 15


class Changes:
    """Makes a service with a route, guards it with a key, turns at what the load uses, and removes it again."""

    def __init__(self, ledger, nodes, upstreams, pause):
        self.ledger, self.nodes, self.upstreams, self.pause = ledger, nodes, upstreams, pause
        self.number = itertools.count(1)
        self.is_running = True
        self.left_over = []

    async def run(self):
        for node in itertools.cycle(self.nodes):
            if not self.is_running:
                return
            await self.round(node, next(self.number))

    async def round(self, node, number):
        # Of one length: a path is a prefix, and what a failed round left behind would answer for a longer one.
        name = f"conf-{number:06}"
        target = {"protocol": "http", "host": "127.0.0.1", "port": self.upstreams.ports["solid"]}
        self.left_over.append(name)
        made = await self.change(node, "PUT", f"/services/{name}", {**target, "name": name}) \
            and await self.change(node, "POST", f"/services/{name}/routes", {"name": name, "paths": [f"/{name}"]})
        if made:
            await self.seen(node, name, "200")
            if await self.change(node, "POST", f"/routes/{name}/plugins", {"name": "key-auth"}):
                await self.seen(node, name, "401")
                await self.key(node, name)
        weights = 50 + number % 100
        address = f"127.0.0.1:{self.upstreams.ports['pool-0']}"
        await self.change(node, "POST", "/upstreams/pool.faults/targets", {"target": address, "weight": weights})
        await self.change(node, "PATCH", "/services/solid", {"retries": 3 + number % 5})
        if made and await self.remove(node, name):
            await self.seen(node, name, "404")

    async def key(self, node, name):
        if await self.change(node, "PUT", f"/consumers/{name}", {"username": name}):
            if await self.change(node, "POST", f"/consumers/{name}/key-auth", {"key": name}):
                await self.seen(node, name, "200", [f"apikey: {name}"])

    async def remove(self, node, name):
        # A service whose route is still there is refused.
        is_gone = await self.change(node, "DELETE", f"/routes/{name}")
        rest = [is_gone and await self.change(node, "DELETE", f"/services/{name}"),
                await self.change(node, "DELETE", f"/consumers/{name}")]
        if all(rest):
            self.left_over.remove(name)
        return is_gone

    async def change(self, node, method, path, body=None):
        """One change, and the pause after it. Whether it was acknowledged."""
        started = now()
        failure = ""
        try:
            status, _ = await asyncio.to_thread(node.ask, method, path, body)
            # A change of which nobody knows whether it was made may be there already.
            if status not in (200, 201, 204, 409):
                failure = f"status {status}"
        except (OSError, http.client.HTTPException, ValueError) as error:
            failure = type(error).__name__
        ended = now()
        self.ledger.add(Request("change", node.name, "Admin API", started, started, ended, failure, False))
        if not failure:
            self.ledger.figure("a change, until it is acknowledged", ended - started)
        await asyncio.sleep(max(0, self.pause - (ended - started)))
        return not failure

    async def seen(self, node, name, status, fields=()):
        """A change that was acknowledged must be in force: at once, and during a reload in a moment."""
        started = now()
        failure = ""
        while True:
            said = await self.status(node, name, fields)
            if said == status:
                break
            if now() - started > SEEN_SECONDS:
                failure = f"change not in force: {said} instead of {status}"
                break
            await asyncio.sleep(0.01)
        ended = now()
        self.ledger.figure("an acknowledged change, until the proxy obeys it", ended - started)
        self.ledger.add(Request("in force", node.name, "solid", started, started, ended, failure, True))

    @staticmethod
    async def status(node, name, fields):
        try:
            connection = await Connection.open(node.http)
            try:
                await asyncio.wait_for(
                    connection.ask("GET", f"/{name}/bytes/10", ["Connection: close", *fields]), SEEN_SECONDS)
                return "200"
            finally:
                connection.close()
        except http1.BadMessage as error:
            return str(error).removeprefix("status ")
        except (OSError, asyncio.TimeoutError, asyncio.IncompleteReadError) as error:
            return type(error).__name__

    async def tidy(self, node):
        """Removes what rounds left behind that failed half-way."""
        for name in self.left_over:
            for path in (f"/routes/{name}", f"/services/{name}", f"/consumers/{name}"):
                await asyncio.to_thread(node.ask, "DELETE", path)
