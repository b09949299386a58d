"""What a gateway must not let through when it makes HTTP/1 of HTTP/2: lines, lengths and hosts of the client's making.

Whoever runs these sees to it that the upstream never hears the word "evil"."""
from cases import case
from frames import *
from message_cases import altered

SMUGGLED = b"GET /evil HTTP/1.1\r\nhost: evil\r\n\r\n"

REFUSED = {
    "an empty name": GET + [("", "x")],
    "a colon in a name": GET + [("x:y", "z")],
    "a colon at the end of a name": GET + [("transfer-encoding:", "chunked")],
    "a blank in a name": GET + [("x y", "z")],
    "a blank at the end of a name": GET + [("transfer-encoding ", "chunked")],
    "CRLF in a name": GET + [("x: y\r\nevil", "z")],
    "LF in a name": GET + [("x: y\nevil", "z")],
    "NUL in a name": GET + [("x\0", "z")],
    "a byte above 127 in a name": GET + [(b"x\xff", b"z")],
    "CRLF in a value": GET + [("x", "a\r\nevil: 1")],
    "LF in a value": GET + [("x", "a\nevil: 1")],
    "CR in a value": GET + [("x", "a\revil: 1")],
    "NUL in a value": GET + [("x", "a\0b")],
    "a blank before a value": GET + [("x", " a")],
    "a blank after a value": GET + [("x", "a\t")],
    "CRLF in the value of a cookie": GET + [("cookie", "a=b\r\nevil: 1")],
    "CRLF in the path": altered(":path", "/ HTTP/1.1\r\nevil: 1\r\n\r\n"),
    "a blank in the path": altered(":path", "/a evil"),
    "a whole request line in the path": altered(":path", "/ HTTP/1.1"),
    "a tab in the path": altered(":path", "/a\tb"),
    "a path without a slash": altered(":path", "evil"),
    "an absolute path": altered(":path", "http://evil/"),
    "CRLF in the method": altered(":method", "GET /evil HTTP/1.1\r\nx: y"),
    "a blank in the method": altered(":method", "GET /evil"),
    "CRLF in the authority": altered(":authority", "a\r\nevil: y"),
    "a blank in the authority": altered(":authority", "a evil"),
    "CRLF in the scheme": altered(":scheme", "http\r\nevil: y"),
    "another Host than the authority": GET + [("host", "evil")],
    "two Hosts and no authority": GET[:3] + [("host", "localhost"), ("host", "evil")],
    "content-length of words": POST + [("content-length", "1x")],
    "content-length with a sign": POST + [("content-length", "+1")],
    "content-length in hexadecimal": POST + [("content-length", "0x1")],
    "a negative content-length": POST + [("content-length", "-1")],
    "an empty content-length": POST + [("content-length", "")],
    "two content-lengths": POST + [("content-length", "1"), ("content-length", "2")],
    "a list of content-lengths": POST + [("content-length", "1, 1")],
    "a content-length that overflows": POST + [("content-length", "18446744073709551617")],
    "content-length without a body": POST + [("content-length", "1")],
    "Connection that names a field": GET + [("connection", "content-length")],
    "transfer-encoding beside content-length": POST + [("content-length", "0"), ("transfer-encoding", "chunked")],
    "transfer-encoding of trailers' making": POST + [("te", "chunked")],
}

for what, fields in REFUSED.items():
    @case("downgrade", f"{what} is refused")
    def _(fields=fields):
        client = Connection()
        client.request(1, fields)
        return client.refuses(1, PROTOCOL_ERROR, COMPRESSION_ERROR)


for what, length, pieces in [("above the body", 2, [b"x"]), ("below the body", 1, [b"xx"]),
                             ("below the sum of two frames", 1, [b"x", SMUGGLED]),
                             ("of none, and a body", 0, [SMUGGLED])]:
    @case("downgrade", f"a content-length {what}")
    def _(length=length, pieces=pieces):
        client = Connection()
        client.request(1, POST + [("content-length", str(length))], end=False)
        *first, last = pieces
        client.send(b"".join(frame(DATA, 0, 1, piece) for piece in first) + frame(DATA, END_STREAM, 1, last))
        # The request may be answered before the server sees that there is more of it.
        return client.refuses(1, PROTOCOL_ERROR) or client.stream_fails(1, PROTOCOL_ERROR, STREAM_CLOSED)


@case("downgrade", "a content-length that trailers belie")
def _():
    client = Connection()
    client.request(1, POST + [("content-length", "5")], end=False)
    client.send(frame(DATA, 0, 1, b"x"))
    client.request(1, [("x-trailer", "y")])
    return client.refuses(1, PROTOCOL_ERROR)


@case("downgrade", "a body that looks like chunks and requests stays a body")
def _():
    client = Connection()
    client.request(1, POST, end=False)
    client.send(frame(DATA, END_STREAM, 1, b"0\r\n\r\n" + SMUGGLED.replace(b"evil", b"body")))
    first = client.status(1)
    client.request(3)
    return first == 200 and client.status(3) == 200


@case("downgrade", "a body of GET goes with it")
def _():
    client = Connection()
    client.request(1, GET, end=False)
    client.send(frame(DATA, END_STREAM, 1, b"GET /body HTTP/1.1\r\n\r\n"))
    return client.status(1) == 200
