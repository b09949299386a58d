"""Connections, the form of frames, and streams: RFC 9113, sections 3 to 5."""
from cases import case
from frames import *


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
    # At once, so that the second frame does not come after the answer.
    return after(client, client.headers(1), frame(DATA, END_STREAM, 1, b"x")).stream_fails(1, STREAM_CLOSED)


@case("5.1", "HEADERS on a stream whose request has ended")
def _():
    client = Connection()
    return after(client, client.headers(1), client.headers(1)).stream_fails(1, STREAM_CLOSED)


@case("5.1", "trailers after trailers")
def _():
    client = opened()
    both = [client.headers(1, [("x-first", "1")]), client.headers(1, [("x-second", "2")])]
    return after(client, *both).stream_fails(1, STREAM_CLOSED)


@case("5.1", "CONTINUATION on a stream whose request has ended")
def _():
    client = Connection()
    both = [client.headers(1), frame(CONTINUATION, END_HEADERS, 1, client.block(GET))]
    return after(client, *both).stream_fails(1, STREAM_CLOSED, PROTOCOL_ERROR)


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
