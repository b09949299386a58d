"""The load of gRPC: calls and streams of messages to the server of Tests/GRPC. Needs Debian's python3-grpcio."""
import asyncio
import contextlib
import os
import sys

from clients import WrongAnswer
from http1 import BadMessage
from ledger import now
from node import ROOT

# The library watches forks, of which there are none here, and complains of those that start a program.
os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")
try:
    import grpc
    import grpc.aio
except ImportError:
    grpc = None

SECONDS = 30
SIZES = [0, 1, 1000, 70_000]
# How the library puts it that a connection has ended or did not come about. Other texts are the gateway's.
LOST = ("socket closed", "connection reset", "recvmsg", "broken pipe", "failed to connect", "goaway", "end of tcp stream",
        "connection refused", "stream removed", "transport")


class Server:
    """The process of the upstream."""

    def __init__(self, process, port):
        self.process, self.port = process, port

    @classmethod
    async def start(cls, certificate, key):
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(ROOT / "Tests/GRPC/server.py"), certificate, key, stdout=asyncio.subprocess.PIPE)
        return cls(process, int((await process.stdout.readline()).split()[0]))

    async def stop(self):
        # A signal to the whole run has ended it, too.
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        await self.process.wait()


class Calls:
    """What is asked over one channel."""

    def __init__(self, port):
        # With the same options two channels would share a connection.
        options = [("grpc.use_local_subchannel_pool", 1)]
        self.channel = grpc.aio.insecure_channel(f"127.0.0.1:{port}", options=options)
        self.echo = self.channel.unary_unary("/test.Service/Echo")
        self.count = self.channel.unary_stream("/test.Service/Count")
        self.talk = self.channel.stream_stream("/test.Service/Talk")

    async def unary(self, size):
        message = os.urandom(size // 2).hex().encode()
        # The server knows some messages as commands; none of them is hexadecimal.
        if await self.echo(message, timeout=SECONDS) != b"echo:" + message:
            raise WrongAnswer("another call's answer")

    async def stream(self, size):
        found = [message async for message in self.count(b"50", timeout=SECONDS)]
        if found != [b"%d" % number for number in range(50)]:
            raise WrongAnswer(f"{len(found)} messages of 50")

    async def dialogue(self, size):
        call = self.talk(timeout=SECONDS)
        for number in range(10):
            await call.write(b"%d" % number)
            if await call.read() != b"heard:%d" % number:
                raise WrongAnswer("a message of another stream")
        await call.done_writing()
        if await call.read() is not grpc.aio.EOF:
            raise WrongAnswer("a message after the last one")


async def told(call):
    """Lets a failed call fail as those of other protocols do."""
    try:
        await call
    except grpc.aio.AioRpcError as error:
        text = error.details() or ""
        is_lost = error.code() in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.INTERNAL)
        if is_lost and any(word in text.lower() for word in LOST):
            raise BadMessage(f"closed ({text})") from error
        raise BadMessage(f"{error.code().name} {text}") from error
    return True


def client(load, node):
    async def run():
        calls, opened = Calls(node.h2c), now()
        for _ in range(load.random.randrange(20, 200)):
            way = load.random.choice([calls.unary, calls.unary, calls.stream, calls.dialogue])
            action = told(way(load.random.choice(SIZES)))
            goes_on = await load.judged("gRPC", node, "grpc", opened, False, action)
            await load.pause(0.05)
            if not goes_on or not load.is_running:
                break
        await calls.channel.close()
    return run
