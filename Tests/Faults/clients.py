"""The load: clients of every kind, each a loop that asks, checks the answer byte for byte and tells the ledger."""
import asyncio
import itertools
import random
import socket
import ssl
import struct

import http1
import websocket
from ledger import Request, now

CLIENT_SECONDS = 30
SIZES = [0, 1, 100, 1000, 8000, 20_000, 70_000]
UPLOADS = [1, 3000, 70_000, 400_000, 1_500_000]
SERIALS = itertools.count(1)


class WrongAnswer(Exception):
    """An answer that belongs to somebody else, or bytes that the upstream never sent."""


def failure_text(error):
    if isinstance(error, WrongAnswer):
        return f"wrong answer: {error}"
    if isinstance(error, http1.BadMessage):
        return str(error)
    if isinstance(error, (asyncio.TimeoutError, TimeoutError)):
        return "no answer in time"
    if isinstance(error, (ConnectionResetError, BrokenPipeError)):
        return "reset"
    if isinstance(error, asyncio.IncompleteReadError):
        return "closed"
    return str(error) or type(error).__name__


class Connection:
    def __init__(self, reader, writer):
        self.reader, self.writer, self.opened = reader, writer, now()

    @classmethod
    async def open(cls, port, tls=None):
        began = now()
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", port, ssl=tls, server_hostname="faults.test" if tls else None, limit=http1.HEAD_LIMIT)
        connection = cls(reader, writer)
        connection.opened = began
        return connection

    @property
    def has_ended(self):
        """Whether the other side has closed it between two requests, as it may."""
        return self.reader.at_eof()

    def close(self):
        self.writer.close()

    def vanish(self):
        sock = self.writer.get_extra_info("socket")
        if sock is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    async def ask(self, method, path, fields=(), body=b"", chunked=False):
        tag = self.send(method, path, fields, body, chunked)
        await self.writer.drain()
        return await self.check(tag, path, body)

    def send(self, method, path, fields=(), body=b"", chunked=False):
        tag = f"t{next(SERIALS)}"
        lines = [f"{method} {path} HTTP/1.1", "Host: faults.test", f"X-Tag: {tag}", *fields]
        if chunked:
            lines.append("Transfer-Encoding: chunked")
        elif body or method == "POST":
            lines.append(f"Content-Length: {len(body)}")
        head = "\r\n".join(lines) + "\r\n\r\n"
        self.writer.write(head.encode() + (http1.chunked(body) if chunked else body))
        return tag

    async def check(self, tag, path, sent=b""):
        """Reads the answer; whether the connection lives on."""
        message = await http1.read_head(self.reader)
        if message is None:
            raise http1.BadMessage("closed")
        (_, status, *_), fields = message
        body = await http1.read_body(self.reader, fields, until_close=True)
        if status != "200":
            raise http1.BadMessage(f"status {status}")
        if fields.get("x-tag") != tag:
            raise WrongAnswer(f"{fields.get('x-tag')} instead of {tag}")
        if body != expected(path, tag, sent):
            raise WrongAnswer(f"{len(body)} bytes that nobody sent for {path}")
        return fields.get("connection", "").lower() != "close"


def expected(path, tag, sent):
    _, _, what, count = (path.split("/") + ["", ""])[:4]
    if what in ("bytes", "chunks"):
        return http1.pattern(tag, int(count))
    return http1.digest(sent) if what == "echo" else b""


class Load:
    """Keeps clients running until told to pause."""

    def __init__(self, ledger, seed):
        self.ledger, self.random = ledger, random.Random(seed)
        self.tls = ssl.create_default_context()
        self.tls.check_hostname, self.tls.verify_mode = False, ssl.CERT_NONE
        self.tasks = []
        self.is_running = False

    def start(self, clients):
        """`clients` are coroutine functions without arguments."""
        self.is_running = True
        self.tasks = [asyncio.create_task(self.keep(client)) for client in clients]

    async def keep(self, client):
        while self.is_running:
            await client()

    async def stop(self):
        self.is_running = False
        if self.tasks:
            await asyncio.wait(self.tasks)
        for task in self.tasks:
            task.result()
        self.tasks = []

    async def judged(self, kind, node, service, opened, safe, action, limit=CLIENT_SECONDS):
        """Runs one request and tells the ledger about it; None if it failed."""
        started = now()
        failure, result = "", None
        try:
            result = await asyncio.wait_for(action, limit)
        except (OSError, http1.BadMessage, WrongAnswer, asyncio.TimeoutError, asyncio.IncompleteReadError,
                ssl.SSLError, ValueError) as error:
            failure = failure_text(error)
        ended = now()
        self.ledger.add(Request(kind, node.name, service, opened or started, started, ended, failure, safe))
        return None if failure else result

    async def connect(self, kind, node, service, port, tls=None):
        return await self.judged(kind, node, service, None, True, Connection.open(port, tls))

    async def pause(self, seconds):
        await asyncio.sleep(seconds * self.random.uniform(0.5, 1.5))

    # MARK: - Clients

    def kept(self, node, service, tls=False, pace=0.02):
        """Many requests over one connection."""
        kind = "TLS" if tls else "kept"

        async def run():
            port = node.tls if tls else node.http
            connection = await self.connect(kind, node, service, port, self.tls if tls else None)
            if connection is None:
                return await self.pause(0.1)
            for _ in range(self.random.randrange(20, 400)):
                what = self.random.choice(["bytes", "bytes", "chunks"])
                path = f"/{service}/{what}/{self.random.choice(SIZES)}"
                goes_on = await self.judged(
                    kind, node, service, connection.opened, True, connection.ask("GET", path))
                await self.pause(pace)
                if not goes_on or not self.is_running or connection.has_ended:
                    break
            connection.close()
        return run

    def short(self, node, service, pace=0.05):
        """A connection for each request."""
        async def one():
            connection = await Connection.open(node.http)
            try:
                path = f"/{service}/bytes/{self.random.choice(SIZES)}"
                await connection.ask("GET", path, ["Connection: close"])
            finally:
                connection.close()

        async def run():
            await self.judged("short", node, service, None, True, one())
            await self.pause(pace)
        return run

    def pipelined(self, node, service):
        """Eight requests at once, whose answers must come in their order."""
        async def batch(connection):
            paths = [f"/{service}/bytes/{self.random.choice(SIZES[:4])}" for _ in range(8)]
            tags = [connection.send("GET", path) for path in paths]
            await connection.writer.drain()
            for tag, path in zip(tags, paths):
                if not await connection.check(tag, path) and tag != tags[-1]:
                    # The server announced its end: what was sent behind is to be asked again.
                    return False
            return True

        async def run():
            connection = await self.connect("pipelined", node, service, node.http)
            if connection is None:
                return await self.pause(0.1)
            for _ in range(50):
                goes_on = await self.judged(
                    "pipelined", node, service, connection.opened, True, batch(connection))
                await self.pause(0.1)
                if not goes_on or not self.is_running or connection.has_ended:
                    break
            connection.close()
        return run

    def uploads(self, node, service, pace=0.1):
        async def run():
            connection = await self.connect("upload", node, service, node.http)
            if connection is None:
                return await self.pause(0.1)
            for _ in range(10):
                size, chunked = self.random.choice(UPLOADS), self.random.random() < 0.5
                action = connection.ask("POST", f"/{service}/echo/", (), http1.pattern("up", size), chunked)
                goes_on = await self.judged(
                    "upload chunked" if chunked else "upload", node, service, connection.opened, False, action)
                await self.pause(pace)
                if not goes_on or not self.is_running or connection.has_ended:
                    break
            connection.close()
        return run

    def sockets(self, node, service, seconds):
        """A WebSocket over which both sides speak for a while."""
        async def session():
            connection = await Connection.open(node.http)
            try:
                await self.converse(connection, service, seconds)
            finally:
                connection.close()

        async def run():
            await self.judged("WebSocket", node, service, None, False, session(), seconds + CLIENT_SECONDS)
            await self.pause(0.1)
        return run

    async def converse(self, connection, service, seconds):
        key = websocket.new_key()
        fields = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
                  f"Sec-WebSocket-Key: {key.decode()}"]
        connection.send("GET", f"/{service}/ws/", fields)
        message = await http1.read_head(connection.reader)
        if message is None:
            raise http1.BadMessage("closed")
        if message[0][1] != "101":
            raise http1.BadMessage(f"status {message[0][1]}")
        if message[1].get("sec-websocket-accept") != websocket.accept(key).decode():
            raise WrongAnswer("another one's handshake")
        end = now() + self.random.uniform(0.3, 1) * seconds
        while now() < end and self.is_running:
            data = http1.pattern(f"w{next(SERIALS)}", self.random.choice([1, 100, 10_000]))
            connection.writer.write(websocket.frame(websocket.TEXT, data, masked=True))
            if await websocket.read_frame(connection.reader) != (websocket.TEXT, data):
                raise WrongAnswer("a frame that nobody sent")
            await self.pause(0.1)
        connection.writer.write(websocket.frame(websocket.CLOSE, b"\x03\xe8", masked=True))
        if (await websocket.read_frame(connection.reader))[0] != websocket.CLOSE:
            raise WrongAnswer("no end of the WebSocket")

    def streams(self, node, service, seconds):
        """A TCP stream through stream_listen."""
        async def session():
            connection = await Connection.open(node.tcp)
            try:
                end = now() + self.random.uniform(0.3, 1) * seconds
                while now() < end and self.is_running:
                    data = http1.pattern(f"s{next(SERIALS)}", self.random.choice([1, 1000, 50_000]))
                    connection.writer.write(data)
                    if await connection.reader.readexactly(len(data)) != data:
                        raise WrongAnswer("bytes that nobody sent")
                    await self.pause(0.1)
                connection.writer.write_eof()
                if await connection.reader.read():
                    raise WrongAnswer("bytes after the end")
            finally:
                connection.close()

        async def run():
            await self.judged("stream", node, service, None, False, session(), seconds + CLIENT_SECONDS)
            await self.pause(0.1)
        return run

    def vanishing(self, node, service):
        """Clients that disappear: in the middle of a head, of a body, of an answer."""
        async def disappear():
            connection = await Connection.open(node.http)
            way = self.random.randrange(4)
            if way == 0:
                connection.writer.write(f"GET /{service}/bytes/100 HTTP/1.1\r\nHost: fau".encode())
            elif way == 1:
                connection.writer.write(f"POST /{service}/echo/ HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n"
                                        .encode() + b"x" * 90_000)
            elif way == 2:
                connection.writer.write(f"POST /{service}/echo/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked"
                                        "\r\n\r\nffff\r\nxxxx".encode())
            else:
                connection.send("GET", f"/{service}/bytes/8000000")
                await asyncio.wait_for(connection.reader.read(50_000), CLIENT_SECONDS)
            await self.pause(0.05)
            connection.vanish()

        async def run():
            try:
                await disappear()
            except (OSError, asyncio.TimeoutError):
                pass
            self.ledger.vanished += 1
            await self.pause(0.15)
        return run
