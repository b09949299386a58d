"""The frames one by one, and their error codes: RFC 9113, sections 6 and 7."""
from cases import case
from frames import *


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
