"""Connections, frames and streams: RFC 9113, sections 3 to 7."""
from cases import case
from frames import *

PRIORITY_PAYLOAD = number(0) + b"\x10"


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


# 3: the beginning

@case("3.4", "preface, settings and a request")
def _():
    client = Connection()
    client.request(1)
    return client.status(1) == 200


@case("3.4", "an invalid preface ends the connection")
def _():
    return after(Connection(preface=False), b"INVALID CONNECTION PREFACE\r\n\r\n").fails(PROTOCOL_ERROR)


@case("3.4", "a preface that goes wrong at its end")
def _():
    return after(Connection(preface=False), PREFACE[:-6] + b"XX\r\n\r\n").fails(PROTOCOL_ERROR)


@case("3.4", "the first frame is SETTINGS, and a client's SETTINGS are acknowledged")
def _():
    client = after(Connection(preface=False), PREFACE, frame(SETTINGS, 0, 0))
    first = client.next()
    acknowledged = client.until(lambda seen: seen.kind == SETTINGS and seen.flags & ACK)
    return first.kind == SETTINGS and not first.flags & ACK and acknowledged


@case("3.4", "a preface in pieces")
def _():
    client = Connection(preface=False)
    for byte in PREFACE:
        client.send(bytes([byte]))
    client.send(frame(SETTINGS, 0, 0))
    return client.until(lambda seen: seen.kind == SETTINGS)


@case("3.4", "a client whose first frame is not SETTINGS")
def _():
    return after(Connection(preface=False), PREFACE, frame(PING, 0, 0, b"12345678")).fails(PROTOCOL_ERROR)


# 4: frames

@case("4.1", "a frame of unknown type is ignored")
def _():
    return after(Connection(), frame(0x16, 0, 0, b"\0" * 8)).is_alive()


@case("4.1", "undefined flags are ignored")
def _():
    client = after(Connection(), frame(PING, 0x16, 0, b"12345678"))
    return client.until(lambda seen: seen.kind == PING and seen.flags & ACK)


@case("4.1", "the reserved bit is ignored")
def _():
    client = after(Connection(), frame(PING, 0, 0x80000000, b"12345678"))
    return client.until(lambda seen: seen.kind == PING and seen.flags & ACK)


@case("4.2", "DATA of 2^14 bytes")
def _():
    return after(opened(), frame(DATA, END_STREAM, 1, b"x" * 16384)).status(1) == 200


@case("4.2", "DATA that is too large")
def _():
    return after(opened(), frame(DATA, END_STREAM, 1, b"x" * 16385)).stream_fails(1, FRAME_SIZE_ERROR)


@case("4.2", "HEADERS that are too large")
def _():
    client = Connection()
    client.request(1, GET + [("x", "y" * 16400)])
    return client.fails(FRAME_SIZE_ERROR)


@case("4.2", "SETTINGS that are too large")
def _():
    return after(Connection(), frame(SETTINGS, 0, 0, setting(0xFF, 1) * 2731)).fails(FRAME_SIZE_ERROR)


@case("4.3", "an invalid header block")
def _():
    block = b"\x82\x86\x84\x41\x8c\xf1\xe3\xc2\xe5\xf2\x3a\x6b\xa0\xab\x90\xf4\xff\xff\xff\xff"
    return after(Connection(), frame(HEADERS, 5, 1, block)).fails(COMPRESSION_ERROR, PROTOCOL_ERROR)


for what, inner in [("PRIORITY", frame(PRIORITY, 0, 1, PRIORITY_PAYLOAD)), ("PING", frame(PING, 0, 0, b"12345678")),
                    ("SETTINGS", frame(SETTINGS, 0, 0)), ("DATA", frame(DATA, 0, 1, b"x")),
                    ("WINDOW_UPDATE", frame(WINDOW_UPDATE, 0, 0, number(1))), ("an unknown frame", frame(0x16, 0, 0))]:
    @case("4.3", f"{what} within a header block")
    def _(inner=inner):
        client = Connection()
        return after(client, frame(HEADERS, END_STREAM, 1, client.block(GET)[:3]), inner).fails(PROTOCOL_ERROR)


@case("4.3", "HEADERS of another stream within a header block")
def _():
    client = Connection()
    block = client.block(GET)
    return after(client, frame(HEADERS, END_STREAM, 1, block), frame(HEADERS, 5, 3, block)).fails(PROTOCOL_ERROR)


# 5: streams

for what, kind, payload in [("DATA", DATA, b"x"), ("RST_STREAM", RST_STREAM, number(CANCEL)),
                            ("WINDOW_UPDATE", WINDOW_UPDATE, number(1))]:
    @case("5.1", f"{what} on an idle stream")
    def _(kind=kind, payload=payload):
        return after(Connection(), frame(kind, 0, 1, payload)).fails(PROTOCOL_ERROR, STREAM_CLOSED)


@case("5.1", "CONTINUATION on an idle stream")
def _():
    client = Connection()
    return after(client, frame(CONTINUATION, END_HEADERS, 1, client.block(GET))).fails(PROTOCOL_ERROR)


@case("5.1", "DATA on a stream whose request has ended")
def _():
    client = Connection()
    client.request(1)
    return after(client, frame(DATA, END_STREAM, 1, b"x")).stream_fails(1, STREAM_CLOSED)


@case("5.1", "HEADERS on a stream whose request has ended")
def _():
    client = Connection()
    client.request(1)
    client.request(1)
    return client.stream_fails(1, STREAM_CLOSED)


@case("5.1", "trailers after trailers")
def _():
    client = opened()
    client.request(1, [("x-first", "1")])
    client.request(1, [("x-second", "2")])
    return client.stream_fails(1, STREAM_CLOSED)


@case("5.1", "CONTINUATION on a stream whose request has ended")
def _():
    client = Connection()
    client.request(1)
    client.send(frame(CONTINUATION, END_HEADERS, 1, client.block(GET)))
    return client.stream_fails(1, STREAM_CLOSED, PROTOCOL_ERROR)


for what, kind in [("DATA", DATA), ("HEADERS", HEADERS), ("CONTINUATION", CONTINUATION)]:
    @case("5.1", f"{what} on a stream that was reset")
    def _(kind=kind):
        client = opened()
        client.reset(1)
        block = client.block(GET)
        client.send(frame(kind, END_STREAM if kind == DATA else 5, 1, b"x" if kind == DATA else block))
        # They may have been under way when the stream was reset, and need no answer.
        return client.is_alive() or client.closed

    @case("5.1", f"{what} on a stream that is over")
    def _(kind=kind):
        client = answered()
        block = client.block(GET)
        client.send(frame(kind, END_STREAM if kind == DATA else 5, 1, b"x" if kind == DATA else block))
        return client.stream_fails(1, STREAM_CLOSED, PROTOCOL_ERROR)


for what, kind, payload in [("WINDOW_UPDATE", WINDOW_UPDATE, number(1)), ("RST_STREAM", RST_STREAM, number(CANCEL)),
                            ("PRIORITY", PRIORITY, PRIORITY_PAYLOAD)]:
    @case("5.1", f"{what} on a stream that is over is ignored")
    def _(kind=kind, payload=payload):
        return after(answered(), frame(kind, 0, 1, payload)).is_alive()


for what, kind, payload in [("WINDOW_UPDATE", WINDOW_UPDATE, number(1)), ("PRIORITY", PRIORITY, PRIORITY_PAYLOAD)]:
    @case("5.1", f"{what} on a stream whose request has ended")
    def _(kind=kind, payload=payload):
        client = Connection()
        client.request(1)
        return after(client, frame(kind, 0, 1, payload)).status(1) == 200


@case("5.1", "a reset while the answer is awaited costs nothing but the stream")
def _():
    client = Connection()
    client.request(1)
    client.reset(1)
    client.request(3)
    return client.status(3) == 200


@case("5.1.1", "an even stream")
def _():
    client = Connection()
    client.request(2)
    return client.fails(PROTOCOL_ERROR)


@case("5.1.1", "a smaller stream than before")
def _():
    client = Connection()
    client.request(5)
    client.status(5)
    client.request(3)
    return client.fails(PROTOCOL_ERROR, STREAM_CLOSED)


@case("5.1.2", "more streams than allowed")
def _():
    client = Connection()
    for count in range(129):
        client.request(1 + 2 * count, POST, end=False)
    seen = client.until(lambda seen: seen.kind in (RST_STREAM, GOAWAY))
    return seen and read_error(seen) in (PROTOCOL_ERROR, REFUSED_STREAM)


# RFC 9113 has no priorities any more; whoever ignores them is right, and so is whoever does as RFC 7540 said.
@case("5.3", "HEADERS that depend on themselves")
def _():
    client = Connection()
    block = client.block(GET)
    client.send(frame(HEADERS, END_STREAM | END_HEADERS | WITH_PRIORITY, 1, number(1) + b"\x10" + block))
    return client.refuses(1, PROTOCOL_ERROR) or client.is_alive()


@case("5.3", "PRIORITY that depends on itself")
def _():
    return after(opened(), frame(PRIORITY, 0, 1, number(1) + b"\x10")).stream_fails(1, PROTOCOL_ERROR)


@case("5.3", "PRIORITY on an idle stream, and a request on a lower one")
def _():
    client = after(Connection(), frame(PRIORITY, 0, 9, PRIORITY_PAYLOAD))
    client.request(3)
    return client.status(3) == 200


for weight in [0, 255]:
    for dependency in [number(0), number(0x80000000)]:
        @case("5.3", f"PRIORITY of weight {weight + 1}, depending on {dependency.hex()}")
        def _(weight=weight, dependency=dependency):
            client = after(Connection(), frame(PRIORITY, 0, 1, dependency + bytes([weight])))
            client.request(1)
            return client.status(1) == 200


@case("5.4.1", "after a fault of the connection it is closed")
def _():
    client = after(Connection(), frame(PING, 0, 0, b"short"))
    client.until(lambda seen: False)
    return client.closed


# 6: the frames one by one

@case("6.1", "DATA on stream 0")
def _():
    return after(Connection(), frame(DATA, END_STREAM, 0, b"x")).fails(PROTOCOL_ERROR)


@case("6.1", "DATA whose padding is too long")
def _():
    return after(opened(), frame(DATA, END_STREAM | PADDED, 1, b"\x06Test")).fails(PROTOCOL_ERROR)


@case("6.1", "padded DATA")
def _():
    return after(opened(), frame(DATA, END_STREAM | PADDED, 1, b"\x02hi\0\0")).status(1) == 200


@case("6.1", "several DATA frames")
def _():
    return after(opened(), frame(DATA, 0, 1, b"x"), frame(DATA, END_STREAM, 1, b"y")).status(1) == 200


@case("6.2", "HEADERS on stream 0")
def _():
    client = Connection()
    client.request(0)
    return client.fails(PROTOCOL_ERROR)


@case("6.2", "HEADERS whose padding is too long")
def _():
    client = Connection()
    block = client.block(GET)
    payload = bytes([len(block) + 5]) + block
    return after(client, frame(HEADERS, END_STREAM | END_HEADERS | PADDED, 1, payload)).fails(PROTOCOL_ERROR)


@case("6.2", "padded HEADERS with priority")
def _():
    client = Connection()
    payload = b"\x03" + PRIORITY_PAYLOAD + client.block(GET) + b"\0\0\0"
    flags = END_STREAM | END_HEADERS | PADDED | WITH_PRIORITY
    return after(client, frame(HEADERS, flags, 1, payload)).status(1) == 200


@case("6.3", "PRIORITY on stream 0")
def _():
    return after(Connection(), frame(PRIORITY, 0, 0, PRIORITY_PAYLOAD)).fails(PROTOCOL_ERROR)


@case("6.3", "PRIORITY of a wrong length")
def _():
    return after(opened(), frame(PRIORITY, 0, 1, number(1))).stream_fails(1, FRAME_SIZE_ERROR)


@case("6.4", "RST_STREAM on stream 0")
def _():
    return after(Connection(), frame(RST_STREAM, 0, 0, number(CANCEL))).fails(PROTOCOL_ERROR)


@case("6.4", "RST_STREAM of a wrong length")
def _():
    return after(opened(), frame(RST_STREAM, 0, 1, b"\0\0\0")).fails(FRAME_SIZE_ERROR)


for code in [CANCEL, 0xFF]:
    @case("6.4", f"RST_STREAM with code {code} ends a stream and nothing else")
    def _(code=code):
        return after(opened(), frame(RST_STREAM, 0, 1, number(code))).is_alive()


@case("6.5", "SETTINGS that acknowledge and say something")
def _():
    return after(Connection(), frame(SETTINGS, ACK, 0, b"\0")).fails(FRAME_SIZE_ERROR)


@case("6.5", "SETTINGS on a stream")
def _():
    return after(Connection(), frame(SETTINGS, 0, 1, setting(3, 100))).fails(PROTOCOL_ERROR)


@case("6.5", "SETTINGS of a wrong length")
def _():
    return after(Connection(), frame(SETTINGS, 0, 0, b"\0\3\0")).fails(FRAME_SIZE_ERROR)


for name, value, code in [(ENABLE_PUSH, 2, PROTOCOL_ERROR), (INITIAL_WINDOW_SIZE, 1 << 31, FLOW_CONTROL_ERROR),
                          (MAX_FRAME_SIZE, 16383, PROTOCOL_ERROR), (MAX_FRAME_SIZE, 1 << 24, PROTOCOL_ERROR)]:
    @case("6.5.2", f"setting {name} of {value}")
    def _(name=name, value=value, code=code):
        return after(Connection(), frame(SETTINGS, 0, 0, setting(name, value))).fails(code)


@case("6.5.2", "an unknown setting is ignored")
def _():
    return after(Connection(), frame(SETTINGS, 0, 0, setting(0xFF, 1))).is_alive()


@case("6.5.3", "the last of equal settings holds")
def _():
    client = Connection(setting(INITIAL_WINDOW_SIZE, 100) + setting(INITIAL_WINDOW_SIZE, 1))
    client.request(1)
    return len(client.data().payload) == 1


@case("6.5.3", "SETTINGS are acknowledged")
def _():
    client = after(Connection(), frame(SETTINGS, 0, 0, setting(3, 100)))
    return client.until(lambda seen: seen.kind == SETTINGS and seen.flags & ACK)


@case("6.6", "PUSH_PROMISE of a client")
def _():
    client = opened()
    return after(client, frame(PUSH_PROMISE, END_HEADERS, 1, number(2) + client.block(GET))).fails(PROTOCOL_ERROR)


@case("6.7", "PING is answered")
def _():
    return Connection().is_alive()


@case("6.7", "a PING that answers is not answered")
def _():
    answers = []
    client = after(Connection(), frame(PING, ACK, 0, b"invalid!"))
    return client.answers_ping(lambda seen: answers.append(seen.payload)) and b"invalid!" not in answers


@case("6.7", "PING on a stream")
def _():
    return after(Connection(), frame(PING, 0, 1, b"12345678")).fails(PROTOCOL_ERROR)


@case("6.7", "PING of a wrong length")
def _():
    return after(Connection(), frame(PING, 0, 0, b"123456")).fails(FRAME_SIZE_ERROR)


@case("6.8", "GOAWAY on a stream")
def _():
    return after(Connection(), frame(GOAWAY, 0, 1, number(0, 8))).fails(PROTOCOL_ERROR)


@case("6.8", "a client's GOAWAY lets its streams end")
def _():
    client = opened()
    client.send(frame(GOAWAY, 0, 0, number(0) + number(NO_ERROR)) + frame(DATA, END_STREAM, 1, b"x"))
    return client.status(1) == 200


@case("6.9", "WINDOW_UPDATE of 0")
def _():
    return after(Connection(), frame(WINDOW_UPDATE, 0, 0, number(0))).fails(PROTOCOL_ERROR)


@case("6.9", "WINDOW_UPDATE of 0 on a stream")
def _():
    return after(opened(), frame(WINDOW_UPDATE, 0, 1, number(0))).stream_fails(1, PROTOCOL_ERROR)


@case("6.9", "WINDOW_UPDATE of a wrong length")
def _():
    return after(Connection(), frame(WINDOW_UPDATE, 0, 0, b"\0\0\1")).fails(FRAME_SIZE_ERROR)


@case("6.9.1", "DATA waits for the window, and goes on when it opens")
def _():
    client = Connection(setting(INITIAL_WINDOW_SIZE, 1))
    client.request(1)
    first, more = client.data(), []
    client.answers_ping(lambda seen: more.append(seen.kind))
    client.send(frame(WINDOW_UPDATE, 0, 1, number(2)))
    return len(first.payload) == 1 and DATA not in more and len(client.data().payload) == 2


@case("6.9.1", "a connection's window above 2^31-1")
def _():
    return after(Connection(), frame(WINDOW_UPDATE, 0, 0, number(0x7FFFFFFF)) * 2).fails(FLOW_CONTROL_ERROR)


@case("6.9.1", "a stream's window above 2^31-1")
def _():
    update = frame(WINDOW_UPDATE, 0, 1, number(0x7FFFFFFF))
    return after(opened(), update * 2).stream_fails(1, FLOW_CONTROL_ERROR)


@case("6.9.1", "a client that sends more than the window")
def _():
    client = Connection()
    stuck = [(":path", "/stuck") if name == ":path" else (name, value) for name, value in POST]
    client.request(1, stuck, end=False)
    piece = frame(DATA, 0, 1, b"x" * 16384)
    for _ in range(2048):
        client.send(piece)
        if client.closed:
            break
    return client.stream_fails(1, FLOW_CONTROL_ERROR)


@case("6.9.2", "a changed initial window moves open streams")
def _():
    client = Connection(setting(INITIAL_WINDOW_SIZE, 0))
    client.request(1)
    client.status(1)
    client.send(frame(SETTINGS, 0, 0, setting(INITIAL_WINDOW_SIZE, 1)))
    return len(client.data().payload) == 1


@case("6.9.2", "a window that became negative")
def _():
    client = Connection(setting(INITIAL_WINDOW_SIZE, 3))
    client.request(1)
    client.data()
    client.send(frame(SETTINGS, 0, 0, setting(INITIAL_WINDOW_SIZE, 2)) + frame(WINDOW_UPDATE, 0, 1, number(2)))
    return len(client.data().payload) == 1


@case("6.9.2", "an initial window that overflows a stream's")
def _():
    client = after(opened(), frame(WINDOW_UPDATE, 0, 1, number(0x7FFFFFFF - 65535)))
    return after(client, frame(SETTINGS, 0, 0, setting(INITIAL_WINDOW_SIZE, 0x7FFFFFFF))).fails(FLOW_CONTROL_ERROR)


@case("6.10", "CONTINUATION frames")
def _():
    client = Connection()
    block = client.block(GET + [("x-a", "b" * 50)])
    third = len(block) // 3
    client.send(
        frame(HEADERS, END_STREAM, 1, block[:third]) + frame(CONTINUATION, 0, 1, block[third:2 * third])
        + frame(CONTINUATION, END_HEADERS, 1, block[2 * third:]))
    return client.status(1) == 200


@case("6.10", "CONTINUATION on stream 0")
def _():
    client = Connection()
    block = client.block(GET)
    frames = frame(HEADERS, END_STREAM, 1, block[:2]) + frame(CONTINUATION, END_HEADERS, 0, block[2:])
    return after(client, frames).fails(PROTOCOL_ERROR)


@case("6.10", "a frame other than CONTINUATION after CONTINUATION")
def _():
    client = Connection()
    block = client.block(GET)
    frames = frame(HEADERS, END_STREAM, 1, block[:2]) + frame(CONTINUATION, 0, 1, block[2:4])
    return after(client, frames, frame(DATA, END_STREAM, 1, b"x")).fails(PROTOCOL_ERROR)


@case("6.10", "CONTINUATION after the end of the block")
def _():
    client = opened()
    return after(client, frame(CONTINUATION, END_HEADERS, 1, client.block([("x", "y")]))).fails(PROTOCOL_ERROR)


@case("6.10", "CONTINUATION after DATA")
def _():
    client = opened()
    block = client.block([("x", "y")])
    return after(client, frame(DATA, 0, 1, b"x"), frame(CONTINUATION, END_HEADERS, 1, block)).fails(PROTOCOL_ERROR)


@case("7", "GOAWAY with an unknown code")
def _():
    client = after(Connection(), frame(GOAWAY, 0, 0, number(0) + number(0xFF)))
    return client.is_alive() or client.closed
