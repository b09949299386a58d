"""Requests and answers: RFC 9113, section 8."""
from cases import case
from frames import *


def without(name, fields=GET):
    return [field for field in fields if field[0] != name]


def twice(name):
    return [field for field in GET for _ in range(1 + (field[0] == name))]


def altered(name, value, fields=GET):
    return [(key, value if key == name else old) for key, old in fields]


@case("8.1", "a GET is answered with a body")
def _():
    client = Connection()
    client.request(1)
    return client.status(1) == 200 and len(client.data().payload) > 2


@case("8.1", "the answer to HEAD has no body")
def _():
    client = Connection()
    client.request(1, altered(":method", "HEAD"))
    return client.until(lambda seen: seen.kind == HEADERS).ends_stream


@case("8.1", "trailers")
def _():
    client = Connection()
    client.request(1, POST, end=False)
    client.send(frame(DATA, 0, 1, b"x"))
    client.request(1, [("x-trailer", "y")])
    return client.status(1) == 200


@case("8.1", "a second header block that does not end the stream")
def _():
    client = Connection()
    client.request(1, POST, end=False)
    client.send(frame(DATA, 0, 1, b"x"))
    client.request(1, [("x-trailer", "y")], end=False)
    return client.stream_fails(1, PROTOCOL_ERROR)


for name, value in [(":method", "GET"), ("X-Trailer", "y"), ("transfer-encoding", "chunked")]:
    @case("8.1", f"{name} in trailers")
    def _(field=(name, value)):
        client = Connection()
        client.request(1, POST, end=False)
        client.send(frame(DATA, 0, 1, b"x"))
        client.request(1, [field])
        return client.stream_fails(1, PROTOCOL_ERROR)


@case("8.1", "fields of trailers do not become fields of the request")
def _():
    client = Connection()
    client.request(1, POST, end=False)
    client.send(frame(DATA, 0, 1, b"x"))
    client.request(1, [("evil", "1"), ("host", "evil")])
    return client.status(1) == 200


@case("8.2.3", "crumbs of cookies are put together")
def _():
    client = Connection()
    client.request(1, GET + [("cookie", "a=b"), ("cookie", "c=d")])
    return client.status(1) == 200


@case("8.2.2", "te: trailers")
def _():
    client = Connection()
    client.request(1, GET + [("te", "trailers")])
    return client.status(1) == 200


REFUSED = {
    "a name with a capital": GET + [("X-Test", "ok")],
    "an unknown pseudo-header": GET + [(":test", "ok")],
    "a pseudo-header of answers": GET + [(":status", "200")],
    "a pseudo-header after a field": GET[:3] + [("x-a", "b")] + GET[3:],
    "connection": GET + [("connection", "keep-alive")],
    "keep-alive": GET + [("keep-alive", "5")],
    "proxy-connection": GET + [("proxy-connection", "close")],
    "transfer-encoding": POST + [("transfer-encoding", "chunked")],
    "upgrade": GET + [("upgrade", "websocket")],
    "te with more than trailers": GET + [("te", "trailers, deflate")],
    "an empty path": altered(":path", ""),
    "no method": without(":method"),
    "no scheme": without(":scheme"),
    "no path": without(":path"),
    "two methods": twice(":method"),
    "two schemes": twice(":scheme"),
    "two paths": twice(":path"),
    "two authorities": twice(":authority"),
    "neither authority nor host": without(":authority"),
    "CONNECT": [(":method", "CONNECT"), (":authority", "a:443")],
    "CONNECT with a path": altered(":method", "CONNECT"),
    "an extended CONNECT that was not offered": altered(":method", "CONNECT") + [(":protocol", "websocket")],
    "TRACE": altered(":method", "TRACE"),
    "a method in small letters": altered(":method", "get"),
}

for what, fields in REFUSED.items():
    @case("8.2 and 8.3", f"{what} is refused")
    def _(fields=fields):
        client = Connection()
        client.request(1, fields)
        return client.refuses(1, PROTOCOL_ERROR, COMPRESSION_ERROR)
