"""The load over HTTP/2: many requests at once over one connection, with prior knowledge or over TLS, where the handshake
chooses the protocol. Needs Debian's python3-h2."""
import asyncio
import ssl

import http1
from clients import SERIALS, SIZES, Connection, WrongAnswer, expected

try:
    import h2.config
    import h2.connection
    import h2.events
    import h2.exceptions
except ImportError:
    h2 = None

STREAMS = 4
GOAWAY = 7


class Http2Session:
    """One connection; each batch of requests is read to its end before the next one is sent."""

    def __init__(self, connection, scheme):
        self.connection, self.scheme = connection, scheme
        self.state = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True, header_encoding="utf-8"))
        self.state.initiate_connection()
        self.state.increment_flow_control_window(1 << 24)
        self.may_go_on = True
        self.unread = bytearray()

    async def flush(self):
        self.connection.writer.write(self.state.data_to_send())
        await self.connection.writer.drain()

    async def take_news(self):
        """What the other side said between two batches."""
        try:
            self.unread += await asyncio.wait_for(self.connection.reader.read(65536), 0.001)
            for frame in self.frames({}):
                self.state.receive_data(frame)
        except asyncio.TimeoutError:
            pass
        if self.connection.has_ended:
            self.may_go_on = False

    async def batch(self, service, choose):
        asked = {}
        await self.take_news()
        if not self.may_go_on:
            return False
        for _ in range(STREAMS):
            tag, stream = f"t{next(SERIALS)}", self.state.get_next_available_stream_id()
            path = f"/{service}/bytes/{choose(SIZES)}"
            self.state.send_headers(stream, [
                (":method", "GET"), (":path", path), (":scheme", self.scheme), (":authority", "faults.test"),
                ("x-tag", tag)], end_stream=True)
            asked[stream] = [tag, path, {}, bytearray()]
        await self.flush()
        while asked:
            data = await self.connection.reader.read(65536)
            if not data:
                raise http1.BadMessage("closed")
            self.unread += data
            for frame in self.frames(asked):
                for event in self.state.receive_data(frame):
                    self.take(event, asked)
            await self.flush()
        return self.may_go_on

    def frames(self, asked):
        """Whole frames, one by one. GOAWAY is taken here: h2 ends the connection at it, though every stream up to the
        last one that it names goes on."""
        while len(self.unread) >= 9:
            end = 9 + int.from_bytes(self.unread[:3], "big")
            if len(self.unread) < end:
                return
            frame = bytes(self.unread[:end])
            del self.unread[:end]
            if frame[3] == GOAWAY:
                self.leave(int.from_bytes(frame[9:13], "big"), int.from_bytes(frame[13:17], "big"), asked)
            else:
                yield frame

    def leave(self, last_stream, error, asked):
        """What was sent after the last stream that is still answered may be asked anew."""
        if error:
            raise http1.BadMessage(f"GOAWAY {error}")
        self.may_go_on = False
        for stream in [stream for stream in asked if stream > last_stream]:
            del asked[stream]

    def take(self, event, asked):
        if isinstance(event, h2.events.ResponseReceived):
            asked[event.stream_id][2] = dict(event.headers)
        elif isinstance(event, h2.events.DataReceived):
            asked[event.stream_id][3] += event.data
            self.state.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, h2.events.StreamReset):
            raise http1.BadMessage(f"stream reset {event.error_code}")
        elif isinstance(event, h2.events.StreamEnded):
            tag, path, fields, body = asked.pop(event.stream_id)
            if fields.get(":status") != "200":
                raise http1.BadMessage(f"status {fields.get(':status')}")
            if fields.get("x-tag") != tag or body != expected(path, tag, b""):
                raise WrongAnswer(f"{fields.get('x-tag')} instead of {tag}")


def offering_http2():
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    return context


async def opened(port, context):
    connection = await Connection.open(port, context)
    if context and connection.writer.get_extra_info("ssl_object").selected_alpn_protocol() != "h2":
        raise WrongAnswer("the handshake did not choose HTTP/2")
    session = Http2Session(connection, "https" if context else "http")
    await session.flush()
    return session


async def checked(action):
    try:
        return await action
    except h2.exceptions.ProtocolError as error:
        raise WrongAnswer(f"not HTTP/2: {error}")


def client(load, node, service, tls=False):
    kind, port = ("HTTP/2, TLS", node.tls) if tls else ("HTTP/2", node.h2c)
    context = offering_http2() if tls else None

    async def run():
        session = await load.judged(kind, node, service, None, True, opened(port, context))
        if session is None:
            return await load.pause(0.1)
        for _ in range(100):
            action = checked(session.batch(service, load.random.choice))
            goes_on = await load.judged(kind, node, service, session.connection.opened, True, action)
            await load.pause(0.1)
            if not goes_on or not load.is_running:
                break
        session.connection.close()
    return run
