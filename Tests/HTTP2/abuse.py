"""Clients that only want to cost something. Each must lose its connection, or cost nothing."""
from hpack import Encoder

from cases import case
from frames import *

MANY = 3000


def is_ended(client):
    """Whether the server gives the connection up."""
    seen = client.until(lambda seen: seen.kind == GOAWAY and read_error(seen) != NO_ERROR, seconds=30)
    return seen is not None or client.closed


def flood(*frames, count=MANY, client=None):
    client = client or Connection()
    client.send(b"".join(frames) * count)
    return client


@case("abuse", "rapid reset")
def _():
    client = Connection()
    for count in range(MANY):
        client.request(1 + 2 * count)
        client.reset(1 + 2 * count)
        if client.closed:
            break
    return is_ended(client)


@case("abuse", "resets that the server is made to send")
def _():
    client = Connection()
    for count in range(MANY):
        client.request(1 + 2 * count, POST, end=False)
        client.send(frame(WINDOW_UPDATE, 0, 1 + 2 * count, number(0)))
        if client.closed:
            break
    return is_ended(client)


@case("abuse", "malformed requests")
def _():
    client = Connection()
    for count in range(MANY):
        client.request(1 + 2 * count, GET + [("connection", "x")])
        if client.closed:
            break
    return is_ended(client)


@case("abuse", "SETTINGS")
def _():
    return is_ended(flood(frame(SETTINGS, 0, 0, setting(3, 100))))


@case("abuse", "empty SETTINGS")
def _():
    return is_ended(flood(frame(SETTINGS, 0, 0)))


@case("abuse", "PING")
def _():
    return is_ended(flood(frame(PING, 0, 0, b"12345678")))


@case("abuse", "PRIORITY")
def _():
    return is_ended(flood(frame(PRIORITY, 0, 1, number(0) + b"\x10")))


@case("abuse", "CONTINUATION without an end")
def _():
    client = Connection()
    client.send(frame(HEADERS, END_STREAM, 1, client.block(GET)))
    return is_ended(flood(frame(CONTINUATION, 0, 1, b"\x00\x01x" + b"\x7f\x81\x07" + b"y" * 1024), client=client))


@case("abuse", "empty CONTINUATION")
def _():
    client = Connection()
    client.send(frame(HEADERS, END_STREAM, 1, client.block(GET)))
    return is_ended(flood(frame(CONTINUATION, 0, 1), client=client))


@case("abuse", "empty DATA")
def _():
    client = Connection()
    client.request(1, POST, end=False)
    return is_ended(flood(frame(DATA, 0, 1), client=client))


@case("abuse", "DATA that is padding only")
def _():
    client = Connection()
    client.request(1, POST, end=False)
    return is_ended(flood(frame(DATA, PADDED, 1, b"\x10" + b"\0" * 16), client=client))


@case("abuse", "windows opened byte by byte")
def _():
    client = flood(frame(WINDOW_UPDATE, 0, 0, number(1)), count=20_000)
    return client.is_alive() or client.closed


@case("abuse", "a window that never opens holds nobody else up")
def _():
    client = Connection(setting(INITIAL_WINDOW_SIZE, 0))
    for count in range(100):
        client.request(1 + 2 * count)
    other = Connection()
    other.request(1)
    return other.status(1) == 200 and client.is_alive()


@case("abuse", "a window of one byte, changed again and again")
def _():
    client = Connection(setting(INITIAL_WINDOW_SIZE, 1))
    client.request(1)
    for count in range(200):
        client.send(frame(SETTINGS, 0, 0, setting(INITIAL_WINDOW_SIZE, count % 2)))
    return client.is_alive() or client.closed


@case("abuse", "a header block of references to one long field")
def _():
    encoder = Encoder()
    block = encoder.encode(GET) + encoder.encode([("x-b", "y" * 3500)]) + b"\xbe" * 12_000
    client = Connection()
    client.send(frame(HEADERS, END_STREAM | END_HEADERS, 1, block))
    return is_ended(client)


@case("abuse", "a header block of cookies in crumbs")
def _():
    encoder = Encoder()
    block = encoder.encode(GET) + encoder.encode([("cookie", "")]) + b"\xbe" * 12_000
    client = Connection()
    client.send(frame(HEADERS, END_STREAM | END_HEADERS, 1, block))
    return is_ended(client)


@case("abuse", "a head beyond large_client_header_buffers is answered, and one within is served")
def _():
    client = Connection()
    client.request(1, GET + [(f"x-{count}", "y" * 6000) for count in range(2)])
    within = client.status(1)
    client.request(3, GET + [("x", "y" * 9000)])
    beyond = client.status(3)
    return within == 200 and beyond is not None and beyond >= 400
