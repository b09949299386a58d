#!/usr/bin/env python3
"""The upstreams: a process of its own that answers, and on command dies, hangs, resets or sends garbage.

  origins.py ADDRESS NAME...

Listens on free ports, one a name; a name that begins with "tcp-" is an echo of bytes, every other one speaks HTTP.
Prints {"NAME": port, ...} as its first line, then reads commands, one JSON list a line: [NAME, MODE]. Each is answered
with a line when it is in force. The end of the input ends it.
"""
import asyncio
import itertools
import json
import logging
import socket
import struct
import sys

import http1
import websocket

HANG_SECONDS = 120


def answer(tag, name, body, extra=b""):
    return (b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nX-Tag: %s\r\nX-Origin: %s\r\n%s\r\n"
            % (len(body), tag, name, extra)) + body


def content(target, tag, sent):
    """What a request is answered with."""
    what, _, count = target.strip("/").partition("/")
    if what in ("bytes", "chunks"):
        return http1.pattern(tag.decode(), int(count))
    return http1.digest(sent) if what == "echo" else b""


def garbage(number, tag, name, body):
    """Answers that are none, or not whole. The ones that are whole have bytes behind them that nobody asked for."""
    ok = b"HTTP/1.1 200 OK\r\n"
    surplus = answer(b"0", name, b"nobody asked for this")
    kinds = [
        b"\x00\xff\x16garbage\r\n\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon here\r\n\r\n",
        ok + b"Content-Length: 100\r\n\r\nten bytes.",
        ok + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n",
        ok + b"Transfer-Encoding: chunked\r\n\r\n+5\r\nhello\r\n0\r\n\r\n",
        ok + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhel",
        ok + b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
        ok + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        ok + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        ok + b"X-Long: " + b"x" * 200_000,
        ok + b"X-Fold: a\r\n b\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 500,
        answer(tag, name, body) + surplus,
        answer(tag, name, body) + b"\r\n\r\n\x00" * 50,
        b"",
    ]
    return kinds[number % len(kinds)]


def reset(writer):
    """Ends a connection with RST."""
    sock = writer.get_extra_info("socket")
    if sock is not None:
        try:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        except OSError:
            pass
    writer.transport.abort()


class Origin:
    def __init__(self, address, name):
        self.address, self.name, self.port = address, name, 0
        self.mode = "ok"
        self.changed = asyncio.Event()
        self.writers = set()
        self.server = None
        self.garbled = itertools.count()

    async def listen(self):
        handler = self.echo if self.name.startswith("tcp-") else self.serve
        self.server = await asyncio.start_server(
            handler, self.address, self.port, limit=http1.HEAD_LIMIT, backlog=1024, reuse_address=True)
        self.port = self.server.sockets[0].getsockname()[1]

    async def take(self, mode):
        """ok; refuse: nobody listens; hang: no answer; reset; garbage; drop: as ok, but begun connections end."""
        if mode in ("refuse", "drop") or self.mode == "hang":
            if mode == "refuse" and self.server:
                self.server.close()
                self.server = None
            for writer in list(self.writers):
                reset(writer)
        if mode != "refuse" and self.server is None:
            await self.listen()
        self.mode = "ok" if mode == "drop" else mode
        self.changed.set()
        self.changed = asyncio.Event()

    async def echo(self, reader, writer):
        self.writers.add(writer)
        try:
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self.writers.discard(writer)
            writer.close()

    async def serve(self, reader, writer):
        self.writers.add(writer)
        try:
            while await self.serve_one(reader, writer):
                pass
        except (OSError, http1.BadMessage, asyncio.IncompleteReadError, ValueError):
            pass
        finally:
            self.writers.discard(writer)
            writer.close()

    async def serve_one(self, reader, writer):
        message = await http1.read_head(reader)
        if message is None:
            return False
        (method, target, _), fields = message
        if self.mode == "hang":
            try:
                await asyncio.wait_for(self.changed.wait(), HANG_SECONDS)
            except asyncio.TimeoutError:
                pass
            reset(writer)
            return False
        if self.mode == "reset":
            reset(writer)
            return False
        body = await http1.read_body(reader, fields)
        tag = fields.get("x-tag", "").encode("latin-1")
        name = self.name.encode()
        if self.mode == "garbage":
            writer.write(garbage(next(self.garbled), tag, name, content(target, tag, body)))
            await writer.drain()
            return False
        return await self.respond(reader, writer, target, fields, tag, name, body)

    async def respond(self, reader, writer, target, fields, tag, name, body):
        if target.startswith("/ws"):
            return await self.websocket(reader, writer, fields, tag, name)
        data = content(target, tag, body)
        if target.startswith("/chunks"):
            writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Tag: %s\r\nX-Origin: %s\r\n\r\n"
                         % (tag, name) + http1.chunked(data))
        else:
            writer.write(answer(tag, name, data))
        await writer.drain()
        return True

    async def websocket(self, reader, writer, fields, tag, name):
        key = websocket.accept(fields["sec-websocket-key"].encode())
        writer.write(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     b"Sec-WebSocket-Accept: %s\r\nX-Tag: %s\r\nX-Origin: %s\r\n\r\n" % (key, tag, name))
        while True:
            opcode, data = await websocket.read_frame(reader)
            writer.write(websocket.frame(opcode, data, masked=False))
            await writer.drain()
            if opcode == websocket.CLOSE:
                return False


async def main(address, names):
    origins = {name: Origin(address, name) for name in names}
    for origin in origins.values():
        await origin.listen()
    print(json.dumps({name: origin.port for name, origin in origins.items()}), flush=True)
    commands = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    while line := await commands.readline():
        name, mode = json.loads(line)
        await origins[name].take(mode)
        print("done", flush=True)


if __name__ == "__main__":
    # That somebody has gone while he was written to is no news here.
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    asyncio.run(main(sys.argv[1], sys.argv[2:]))
