"""An HTTP/2 client that writes its frames by hand, so that it can write wrong ones. Needs the package hpack."""
import socket
import ssl
import struct
import time

from hpack import Decoder, Encoder

DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
(NO_ERROR, PROTOCOL_ERROR, INTERNAL_ERROR, FLOW_CONTROL_ERROR, SETTINGS_TIMEOUT, STREAM_CLOSED, FRAME_SIZE_ERROR,
 REFUSED_STREAM, CANCEL, COMPRESSION_ERROR, CONNECT_ERROR, ENHANCE_YOUR_CALM) = range(12)
END_STREAM = ACK = 0x1
END_HEADERS = 0x4
PADDED = 0x8
WITH_PRIORITY = 0x20

ENABLE_PUSH, INITIAL_WINDOW_SIZE, MAX_FRAME_SIZE = 2, 4, 5

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
GET = [(":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "localhost")]
POST = [(":method", "POST")] + GET[1:]

# What is awaited comes at once, on a machine that has time for it.
PATIENCE_SECONDS = 10

# What PRIORITY frames say here: the root, and weight 17.
PRIORITY_PAYLOAD = b"\0\0\0\0\x10"


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def number(value, count=4):
    return value.to_bytes(count, "big")


def setting(name, value):
    return struct.pack(">HI", name, value)


def read_error(seen):
    """The error code of a RST_STREAM or GOAWAY."""
    return int.from_bytes(seen.payload[4:8] if seen.kind == GOAWAY else seen.payload[:4], "big")


class Frame:
    """A frame that came; `fields` are those of a header block."""

    def __init__(self, kind, flags, stream, payload, fields):
        self.kind, self.flags, self.stream, self.payload, self.fields = kind, flags, stream, payload, fields

    @property
    def ends_stream(self):
        return self.kind in (DATA, HEADERS) and self.flags & END_STREAM != 0


class Connection:
    """A connection to the port under test."""

    port = None
    tls = False

    def __init__(self, settings=b"", preface=True):
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.tls:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            context.set_alpn_protocols(["h2"])
            self.socket = context.wrap_socket(self.socket, server_hostname="localhost")
        self.encoder, self.decoder = Encoder(), Decoder()
        self.received, self.closed = b"", False
        if preface:
            self.send(PREFACE + frame(SETTINGS, 0, 0, settings))
            self.until(lambda seen: seen.kind == SETTINGS and not seen.flags & ACK)
            self.send(frame(SETTINGS, ACK, 0))

    # Sending

    def send(self, data):
        try:
            self.socket.sendall(data)
        except OSError:
            self.closed = True

    def block(self, fields):
        return self.encoder.encode(fields, huffman=False)

    def headers(self, stream, fields=GET, end=True):
        """A header block in one frame."""
        return frame(HEADERS, END_HEADERS | (END_STREAM if end else 0), stream, self.block(fields))

    def request(self, stream, fields=GET, end=True):
        self.send(self.headers(stream, fields, end))

    def reset(self, stream, code=CANCEL):
        self.send(frame(RST_STREAM, 0, stream, number(code)))

    # Receiving

    def next(self, seconds=PATIENCE_SECONDS):
        """The next frame; None at the end of the connection, and when none comes in time."""
        end = time.monotonic() + seconds
        while True:
            seen = self._take()
            if seen:
                return seen
            left = end - time.monotonic()
            if left <= 0:
                return None
            self.socket.settimeout(left)
            try:
                data = self.socket.recv(65536)
            except TimeoutError:
                return None
            except OSError:
                data = b""
            if not data:
                self.closed = True
                return None
            self.received += data

    def _take(self):
        if len(self.received) < 9:
            return None
        count = int.from_bytes(self.received[:3], "big")
        if len(self.received) < 9 + count:
            return None
        kind, flags, stream = self.received[3], self.received[4], int.from_bytes(self.received[5:9], "big")
        payload, self.received = self.received[9:9 + count], self.received[9 + count:]
        fields = dict(self.decoder.decode(payload)) if kind == HEADERS else None
        return Frame(kind, flags, stream & 0x7FFFFFFF, payload, fields)

    def until(self, wanted, seconds=PATIENCE_SECONDS):
        """The first frame that is wanted; None if it does not come."""
        end = time.monotonic() + seconds
        while True:
            seen = self.next(max(end - time.monotonic(), 0))
            if seen is None or wanted(seen):
                return seen

    def data(self):
        return self.until(lambda seen: seen.kind == DATA)

    def status(self, stream):
        """The status of the answer on a stream; None if the stream or the connection fails."""
        seen = self._outcome(stream)
        return int(seen.fields[":status"]) if seen and seen.kind == HEADERS else None

    def _outcome(self, stream):
        return self.until(
            lambda seen: seen.kind == GOAWAY or (seen.kind in (HEADERS, RST_STREAM) and seen.stream == stream))

    # What a server does about a fault

    def fails(self, *codes):
        """Whether the connection is ended: by a GOAWAY with one of the codes, or at once."""
        seen = self.until(lambda seen: seen.kind == GOAWAY and read_error(seen) != NO_ERROR)
        if seen is None:
            return self.closed
        return not codes or read_error(seen) in codes

    def stream_fails(self, stream, *codes):
        """Whether the stream is reset with one of the codes, or the connection ended with one."""
        seen = self.until(
            lambda seen: seen.kind == GOAWAY or (seen.kind == RST_STREAM and seen.stream == stream))
        return read_error(seen) in codes if seen else self.closed

    def refuses(self, stream, *codes):
        """Whether the request is refused: as above, or with an answer that says so."""
        seen = self._outcome(stream)
        if seen is None:
            return self.closed
        if seen.kind == HEADERS:
            return int(seen.fields[":status"]) >= 400
        return read_error(seen) in codes

    def is_alive(self):
        """Whether a PING is answered; everything that was sent before it has been seen by the server then."""
        return self.answers_ping(lambda seen: None)

    def answers_ping(self, look):
        """The same; `look` sees the frames that come before the answer."""
        self.send(frame(PING, 0, 0, b"gibbon!!"))

        def is_answer(seen):
            look(seen)
            return seen.kind == PING and seen.flags & ACK and seen.payload == b"gibbon!!"

        return self.until(is_answer) is not None

    def close(self):
        self.socket.close()


# Beginnings that many checks share

def opened(settings=b""):
    """A connection with a stream whose request has still a body to come."""
    client = Connection(settings)
    client.request(1, POST, end=False)
    return client


def answered():
    """A connection with a stream that is over."""
    client = Connection()
    client.request(1)
    client.until(lambda seen: seen.stream == 1 and seen.ends_stream)
    return client


def after(client, *frames):
    """The connection, when these frames are sent."""
    client.send(b"".join(frames))
    return client
