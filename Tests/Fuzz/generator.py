"""Requests to the Admin API: a method, a path, header fields and a body, meant well or broken in one of many ways."""

import json
from urllib.parse import quote, quote_from_bytes

from values import STRANGE_TEXTS, deep, strange, word

COLLECTIONS = [
    "services", "routes", "consumers", "plugins", "upstreams", "certificates", "snis", "targets", "key-auths",
    "basic-auths", "hmac-auths", "jwts", "acls", "oauth2", "oauth2_tokens", "keyauth_credentials",
    "basicauth_credentials", "hmacauth_credentials", "jwt_secrets", "oauth2_credentials", "oauth2_authorization_codes",
]

# The rows below a parent, as (parent's collection, name of the nested one, whose rows they are).
NESTED = [
    ("services", "routes", "routes"), ("services", "plugins", "plugins"), ("routes", "plugins", "plugins"),
    ("consumers", "plugins", "plugins"), ("certificates", "snis", "snis"), ("upstreams", "targets", "targets"),
    ("consumers", "key-auth", "key-auths"), ("consumers", "basic-auth", "basic-auths"), ("consumers", "acls", "acls"),
    ("consumers", "hmac-auth", "hmac-auths"), ("consumers", "jwt", "jwts"), ("consumers", "oauth2", "oauth2"),
    ("consumers", "key-auth", "key-auths"), ("consumers", "basic-auth", "basic-auths"), ("consumers", "acls", "acls"),
    ("oauth2", "oauth2_tokens", "oauth2_tokens"), ("consumers", "keyauth_credentials", "key-auths"),
    ("services", "oauth2_tokens", "oauth2_tokens"),
]

# The row that a row refers to.
FOREIGN = [
    ("routes", "service", "services"), ("plugins", "service", "services"), ("plugins", "route", "routes"),
    ("plugins", "consumer", "consumers"), ("snis", "certificate", "certificates"), ("key-auths", "consumer", "consumers"),
    ("acls", "consumer", "consumers"), ("jwts", "consumer", "consumers"), ("targets", "upstream", "upstreams"),
]

SINGLE = [
    "/", "/status", "/cache", "/cache/x", "/plugins/enabled", "/plugins/schema/key-auth", "/plugins/schema/nope", "/tags",
    "/tags/t1", "/tags/%00", "/tags/a%20b", "/metrics", "/config", "/cluster", "/robots.txt", "/services/", "//", "/nope",
    "/apis", "/consumers/x/y/z", "/.", "/..", "/services/..", "/%2e%2e/", "/services/%", "/services/%g1", "/services?",
]

# What the rows of a collection are called elsewhere.
SAME = {
    "keyauth_credentials": "key-auths", "basicauth_credentials": "basic-auths", "hmacauth_credentials": "hmac-auths",
    "jwt_secrets": "jwts", "oauth2_credentials": "oauth2", "oauth2_authorization_codes": "oauth2_tokens",
}


class Request:
    """One request. `learns` names the collection whose rows the answer shows."""

    def __init__(self, method, target, fields=(), body=b"", length=None, learns=None):
        self.method, self.target, self.fields, self.body = method, target, list(fields), body
        self.length, self.learns = length, learns

    def __str__(self):
        body = self.body if len(self.body) < 600 else self.body[:600] + b"..."
        lie = f" (announced as {self.length} bytes)" if self.length is not None else ""
        return f"{self.method} {self.target[:400]} {self.fields} {body!r}{lie}"


class Requests:
    """Makes requests, each from the generator's next numbers and from the rows that the node showed."""

    def __init__(self, rng, values):
        self.rng, self.values = rng, values

    def next(self):
        pick = self.rng.random()
        if pick < 0.32:
            return self.collection()
        if pick < 0.58:
            return self.single()
        if pick < 0.74:
            return self.nested()
        if pick < 0.82:
            return self.foreign()
        if pick < 0.90:
            return self.list()
        if pick < 0.95:
            return Request(self.method(), self.rng.choice(SINGLE), *self.encoded({}))
        return self.wild()

    # Paths.

    def collection(self):
        name = self.rng.choice(COLLECTIONS)
        method = "POST" if self.rng.random() < 0.8 else self.method()
        return Request(method, "/" + name, *self.body(name), learns=name)

    def single(self):
        name = self.rng.choice(COLLECTIONS)
        method = self.rng.choice(["GET", "PUT", "PUT", "PATCH", "PATCH", "PATCH", "DELETE"])
        if self.rng.random() < 0.05:
            method = self.method()
        return Request(method, f"/{name}/{self.row_name(name)}", *self.body(name), learns=name)

    def nested(self):
        parent, name, rows = self.rng.choice(NESTED)
        path = f"/{parent}/{self.row_name(parent)}/{name}"
        if self.rng.random() < 0.5:
            return Request("POST", path, *self.body(rows), learns=rows)
        path += "/" + self.row_name(rows)
        if name == "targets":
            path = path.rsplit("/", 1)[0] + self.rng.choice(["/all", "/x", "/127.0.0.1:9/healthy", "/127.0.0.1:9"])
            path = self.rng.choice([path, f"/{parent}/{self.row_name(parent)}/health"])
        return Request(self.method(), path, *self.body(rows), learns=rows)

    def foreign(self):
        name, field, parent = self.rng.choice(FOREIGN)
        method = self.rng.choice(["GET", "PUT", "PATCH", "DELETE"])
        return Request(method, f"/{name}/{self.row_name(name)}/{field}", *self.body(parent), learns=parent)

    def list(self):
        """A page, with arguments that are right, wrong or twice there."""
        r = self.rng
        name = r.choice(COLLECTIONS + ["tags", "tags/t1"])
        arguments = []
        for _ in range(r.randrange(4)):
            arguments.append(r.choice([
                "size=" + r.choice(["1", "5", "1000", "0", "-1", "1001", "x", "1.5", "", "99999999999999999999", "%00"]),
                "offset=" + r.choice(["x", "", "WyJhIl0", "WyIxMjMiXQ==", "%FF%FE", "bnVsbA", "e30", "W10", "WzFd" * 50]),
                "tags=" + r.choice(["t1", "t1,t2", "t1/t2", "t1,t2/t3", "", ",", "/", "%00", "a%20b", "%C3%A4", "t1" * 3000]),
                "unknown=1", "size", "=", "&", "size[]=1", "size.x=1", quote(r.choice(STRANGE_TEXTS)[:500], errors="replace"),
            ]))
        return Request("GET", f"/{name}?{'&'.join(arguments)}", learns=name)

    def wild(self):
        """A path of nothing but surprises."""
        r = self.rng
        parts = [self.strange_segment() if r.random() < 0.6 else r.choice(COLLECTIONS) for _ in range(r.randrange(1, 5))]
        return Request(self.method(), "/" + "/".join(parts), *self.encoded(strange(r)))

    def row_name(self, collection):
        """An id that is known, a name, or something else."""
        pick = self.rng.random()
        ids = self.values.known.get(SAME.get(collection, collection))
        if ids and pick < 0.55:
            return self.rng.choice(ids)
        names = self.values.names.get(SAME.get(collection, collection))
        if names and pick < 0.75:
            return quote(self.rng.choice(names), safe=self.rng.choice(["", ":"]), errors="surrogatepass")
        if pick < 0.88:
            return word(self.rng, few=True)
        return self.strange_segment()

    def strange_segment(self):
        r = self.rng
        if r.random() < 0.2:
            return quote_from_bytes(r.randbytes(r.randrange(1, 12)))
        return quote(r.choice(STRANGE_TEXTS)[:2000], safe=r.choice(["", ":[]*"]), errors="surrogatepass")

    def method(self):
        return self.rng.choice(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "FOO", "post"])

    # Bodies.

    def body(self, collection):
        """Header fields, bytes and announced length of a body for a collection."""
        row = self.values.row(SAME.get(collection, collection))
        if self.rng.random() < 0.4:
            row = self.broken(row)
        return self.encoded(row)

    def broken(self, row):
        """The row with one to three things done to it."""
        r = self.rng
        row = dict(row)
        for _ in range(r.randint(1, 3)):
            pick = r.randrange(7)
            names = list(row)
            if pick <= 2 and names:
                row[r.choice(names)] = strange(r)
            elif pick == 3 and names:
                del row[r.choice(names)]
            elif pick == 4:
                row[r.choice(["id", "created_at", "updated_at", "tags", "name", "ttl", "config", "nope", "", "a.b", "1"])] = \
                    strange(r)
            elif pick == 5 and names:
                name = r.choice(names)
                row[name] = self.broken_inside(row[name])
            elif pick == 6:
                row[r.choice(STRANGE_TEXTS)[:200]] = strange(r)
        return row

    def broken_inside(self, value):
        r = self.rng
        if isinstance(value, dict) and value:
            inner = dict(value)
            name = r.choice(list(inner))
            inner[name] = self.broken_inside(inner[name]) if r.random() < 0.6 else strange(r)
            return inner
        if isinstance(value, list):
            return value + [strange(r)] if r.random() < 0.5 else [strange(r)] * r.randrange(4)
        return strange(r)

    def encoded(self, value):
        r = self.rng
        pick = r.random()
        if pick < 0.68:
            return self.json(value)
        if pick < 0.80:
            return [("Content-Type", "application/x-www-form-urlencoded")], self.form(value), None
        if pick < 0.87:
            return self.multipart(value)
        return self.raw(value)

    def json(self, value):
        text = json.dumps(value, ensure_ascii=self.rng.random() < 0.5).encode("utf-8", "surrogatepass")
        if isinstance(value, dict) and value and self.rng.random() < 0.05:
            # A member twice, with another value.
            again = json.dumps({self.rng.choice(list(value)): strange(self.rng)}).encode("utf-8", "surrogatepass")
            text = text[:-1] + b", " + again[1:]
        kind = self.rng.choice(["application/json"] * 8 + ["application/json; charset=utf-8", "APPLICATION/JSON"])
        return [("Content-Type", kind)], text, None

    def form(self, value):
        separators = self.rng.choice(["dots", "brackets"])
        pairs = []
        self.flatten("", value, pairs, separators, 0)
        return "&".join(pairs).encode()

    def flatten(self, name, value, pairs, style, depth):
        if isinstance(value, dict) and depth < 20:
            for key, inner in value.items():
                key = quote(str(key), errors="surrogatepass")
                joined = key if not name else f"{name}.{key}" if style == "dots" else f"{name}[{key}]"
                self.flatten(joined, inner, pairs, style, depth + 1)
        elif isinstance(value, list) and depth < 20:
            for place, inner in enumerate(value):
                mark = "" if style == "dots" else self.rng.choice(["[]", f"[{place + 1}]", f"[{place}]"])
                self.flatten(name + mark, inner, pairs, style, depth + 1)
        else:
            text = value if isinstance(value, str) else "" if value is None else json.dumps(value)
            pairs.append(f"{name}={quote(text[:5000], errors='surrogatepass')}")

    def multipart(self, value):
        mark = self.rng.choice(["x", "----abc", "a b", ""])
        parts = []
        for name, inner in (value.items() if isinstance(value, dict) else [("a", value)]):
            text = inner if isinstance(inner, str) else json.dumps(inner)
            kind = self.rng.choice(["", "", "\r\nContent-Type: application/json", "\r\nContent-Type: text/plain"])
            parts.append(f'--{mark}\r\nContent-Disposition: form-data; name="{name}"{kind}\r\n\r\n{text}\r\n')
        body = ("".join(parts) + f"--{mark}--\r\n").encode("utf-8", "surrogatepass")
        if self.rng.random() < 0.3:
            body = body[:self.rng.randrange(len(body))]
        return [("Content-Type", f"multipart/form-data; boundary={mark}")], body, None

    def raw(self, value):
        """Bodies that are no proper text of their type."""
        r = self.rng
        text = json.dumps(value).encode()
        kind = [("Content-Type", r.choice(["application/json"] * 4 + ["application/x-www-form-urlencoded", "text/plain",
                                           "", "x", "multipart/form-data", "application/json;;;", "\xff\xfe"]))]
        pick = r.randrange(11)
        if pick == 0:
            return kind, text[:r.randrange(len(text) + 1)], None
        if pick == 1:
            return kind, r.randbytes(r.randrange(400)), None
        if pick == 2:
            return kind, text, len(text) + r.randrange(1, 1000)
        if pick == 3:
            return kind, b"[" * r.choice([10, 999, 1001, 100000]), None
        if pick == 4:
            return kind, json.dumps(deep(r)).encode(), None
        if pick == 5:
            return kind, r.choice([b"null", b"true", b"1", b'"x"', b"[]", b"[1]", b"{}", b"{}{}", b"", b"\xef\xbb\xbf{}",
                                   b"{,}", b'{"a":1,"a":2}', b"{'a':1}", b"NaN", b'{"a":1e999}', b"a=1&a=2&a[]=3&a.b=4"]), None
        if pick == 6:
            place = r.randrange(len(text) + 1)
            return kind, text[:place] + r.randbytes(r.randint(1, 4)) + text[place:], None
        if pick == 7 and r.random() < 0.05:
            return kind, b'{"name":"' + b"x" * r.choice([1_000_000, 11_000_000]) + b'"}', None
        if pick == 8:
            return [], text, None
        if pick == 9:
            return kind, b"&".join(b"a%d=1" % n for n in range(r.choice([99, 101, 2000]))), None
        return kind, text + b"\0", None
