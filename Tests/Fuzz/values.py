"""Values for the fields of entities and plugins: those that are meant well, and everything that is not."""

import uuid

STRANGE_TEXTS = [
    "", " ", "\0", "a\0b", "null", "true", "0", "-1", "1e999", "%00", "%", "%zz", "%2F%2e%2e", "../../etc/passwd",
    "a/b", "a b", "a:b", "[::1]", "[::1", "*", "*.*", "*.example.com", "(", "[a-", "(?<x", "a{99999}", "\\", "'", '"',
    "'; DROP TABLE services; --", "${jndi:x}", "\u00e4\u00f6", "\U0001f600", "\u202e", "\ufeff", "\ufffd", "\u0000\u0001",
    "\ud800", "e\u0301", "x" * 300, "x" * 70000, "\n", "\r\nX: y", "-----BEGIN CERTIFICATE-----", "http://", "://",
    "http://[::1", "http://a:99999/", "http://\u00fc/", "00000000-0000-0000-0000-000000000000", "{}", "[]", "return 1",
    "$(kong.client.ip)", "99999999999999999999", "0x10", "NaN", "inf",
]

STRANGE_NUMBERS = [
    0, -1, 1, 65535, 65536, 2147483646, 2147483647, 2147483648, -2147483649, 9007199254740993, 2**63, 2**64, -(2**63),
    0.5, -0.0, 1e308, -1e308, 1e-320, 1e15, 99999999999999999999999, 1.5,
]


def deep(rng):
    """A value that nests deeply, near the parser's limit now and then."""
    value = rng.choice([1, "x", None])
    for _ in range(rng.choice([5, 50, 400, 980, 1100])):
        value = [value] if rng.random() < 0.5 else {"a": value}
    return value


def strange(rng):
    """A value that fits nothing, or everything."""
    kind = rng.randrange(12)
    if kind < 4:
        return rng.choice(STRANGE_TEXTS)
    if kind < 6:
        return rng.choice(STRANGE_NUMBERS)
    if kind == 6:
        return rng.choice([None, True, False])
    if kind == 7:
        return [strange(rng) for _ in range(rng.randrange(4))]
    if kind == 8:
        return {rng.choice(STRANGE_TEXTS + ["id", "name", "1", "a.b"])[:80]: strange(rng) for _ in range(rng.randrange(3))}
    if kind == 9 and rng.random() < 0.2:
        return deep(rng)
    if kind == 10:
        return {"id": rng.choice([str(uuid.UUID(int=rng.getrandbits(128))), 1, None, "x", {}])}
    return rng.choice([[], {}, [None], [[]], [{}], {"": ""}, "x", 1])


STRANGE_TAGS = ["t 1", "t,1", "t/1", "t.1-_~", "\u00e4", "%", "", " t", "x" * 300, "T1", "\n", "a=b&c", "[]", "\ufeff"]

# By what a row can be named in a path, beside its id.
NAMES = ("name", "username", "custom_id", "key", "group", "client_id", "target", "code", "access_token")


def word(rng, few=False):
    """A name. From `few` ones, so that names meet."""
    if few or rng.random() < 0.3:
        return rng.choice("abcdefgh") + str(rng.randrange(8))
    return "n" + format(rng.getrandbits(40), "x")


class Values:
    """Values that are meant well, made with what the node said about itself."""

    def __init__(self, rng, plugin_schemas, certificate, key):
        self.rng, self.plugin_schemas = rng, plugin_schemas
        self.certificate, self.key = certificate, key
        self.known = {}
        self.names = {}

    def learn(self, collection, row):
        """Remembers a row that the node showed."""
        ids = self.known.setdefault(collection, [])
        if isinstance(row.get("id"), str) and row["id"] not in ids:
            ids.append(row["id"])
            if len(ids) > 60:
                ids.pop(self.rng.randrange(len(ids)))
        names = self.names.setdefault(collection, [])
        names += [row[name] for name in NAMES if isinstance(row.get(name), str) and len(row[name]) < 200]
        del names[:-60]

    def reference(self, collection):
        ids = self.known.get(collection)
        if ids and self.rng.random() < 0.9:
            return {"id": self.rng.choice(ids)}
        return {"id": str(uuid.UUID(int=self.rng.getrandbits(128)))}

    def some(self, members, always=()):
        """Some of the members, made by calling what makes them."""
        share = self.rng.choice([0.2, 0.5, 0.8])
        return {name: make() for name, make in members.items() if name in always or self.rng.random() < share}

    def tags(self):
        words = STRANGE_TAGS if self.rng.random() < 0.1 else ["t1", "t2", "t3", word(self.rng)]
        return [self.rng.choice(words) for _ in range(self.rng.randrange(4))]

    def row(self, collection):
        """The members of a row of a collection."""
        make = getattr(self, "_" + collection.replace("-", "_"), None)
        return make() if make else {}

    # Core entities.

    def _services(self):
        r = self.rng
        if r.random() < 0.4:
            return {"name": word(r), "url": r.choice(["http", "https", "tcp"]) + "://127.0.0.1:9" + r.choice(["", "/x", "/"])}
        return self.some({
            "name": lambda: word(r), "protocol": lambda: r.choice(["http", "https", "tcp", "tls", "grpc"]),
            "host": lambda: r.choice(["127.0.0.1", "::1", "a.test", "up" + str(r.randrange(4))]),
            "port": lambda: r.randrange(65536), "path": lambda: r.choice(["/", "/a", "/a/b", None]),
            "retries": lambda: r.randrange(10), "connect_timeout": lambda: r.randrange(1, 60000),
            "read_timeout": lambda: r.randrange(1, 60000), "write_timeout": lambda: r.randrange(1, 60000),
            "tags": self.tags,
        }, always=("host",))

    def _routes(self):
        r = self.rng
        row = self.some({
            "name": lambda: word(r), "methods": lambda: r.sample(["GET", "POST", "PUT"], 2),
            "hosts": lambda: [r.choice(["h.test", "*.h.test", "h.*"])], "strip_path": lambda: r.random() < 0.5,
            "paths": lambda: [r.choice(["/", "/a", "/a/b", r"/x(\d+)", "/%20", "/" + word(r)])],
            "preserve_host": lambda: r.random() < 0.5, "regex_priority": lambda: r.randrange(100), "tags": self.tags,
            "service": lambda: self.reference("services"),
        }, always=("paths",))
        if r.random() < 0.15:
            row = {"protocols": ["tcp"], "sources": [{"ip": "10.0.0.0/8", "port": 1}], "destinations": [{"port": 2}]}
        elif r.random() < 0.3:
            row["protocols"] = r.choice([["http"], ["https"], ["http", "https"], ["grpc"], ["grpcs"], ["tls"]])
        return row

    def _consumers(self):
        r = self.rng
        return self.some({
            "username": lambda: word(r), "custom_id": lambda: word(r), "tags": self.tags}, always=("username",))

    def _upstreams(self):
        r = self.rng
        return self.some({
            "name": lambda: r.choice(["up" + str(r.randrange(4)), word(r) + ".test"]), "slots": lambda: r.randrange(10, 200),
            "hash_on": lambda: r.choice(["none", "consumer", "ip", "header", "cookie"]),
            "hash_on_header": lambda: "X-A", "hash_on_cookie": lambda: "c",
            "hash_fallback": lambda: r.choice(["none", "ip", "header"]), "hash_fallback_header": lambda: "X-B",
            "healthchecks": lambda: {
                "passive": {"unhealthy": {"http_failures": r.randrange(256), "tcp_failures": r.randrange(256)}},
                "active": {"http_path": "/", "timeout": r.random() * 5, "concurrency": r.randrange(1, 9)}},
            "tags": self.tags,
        }, always=("name",))

    def _targets(self):
        r = self.rng
        return {"target": r.choice(["127.0.0.1:9", "127.0.0.2", "[::1]:80", "a.test:1", "a.test"]),
                "weight": r.choice([0, 1, 100, 1000])}

    def _certificates(self):
        row = {"cert": self.certificate, "key": self.key}
        if self.rng.random() < 0.6:
            row["snis"] = [word(self.rng) + ".test" for _ in range(self.rng.randrange(3))]
        return row

    def _snis(self):
        return {"name": word(self.rng) + ".test", "certificate": self.reference("certificates")}

    # Credentials.

    def _key_auths(self):
        return self.some({"key": lambda: word(self.rng), "consumer": lambda: self.reference("consumers")})

    def _basic_auths(self):
        r = self.rng
        return self.some({"username": lambda: word(r), "password": lambda: word(r),
                          "consumer": lambda: self.reference("consumers")}, always=("username", "password"))

    def _hmac_auths(self):
        r = self.rng
        return self.some({"username": lambda: word(r), "secret": lambda: word(r),
                          "consumer": lambda: self.reference("consumers")}, always=("username",))

    def _jwts(self):
        r = self.rng
        return self.some({"key": lambda: word(r), "secret": lambda: word(r),
                          "algorithm": lambda: r.choice(["HS256", "HS512", "RS256"]), "rsa_public_key": lambda: self.key,
                          "consumer": lambda: self.reference("consumers")})

    def _acls(self):
        return self.some({"group": lambda: word(self.rng, few=True), "consumer": lambda: self.reference("consumers")},
                         always=("group",))

    def _oauth2(self):
        r = self.rng
        return self.some({"name": lambda: word(r), "client_id": lambda: word(r), "client_secret": lambda: word(r),
                          "redirect_uris": lambda: ["http://a.test/cb"],
                          "consumer": lambda: self.reference("consumers")}, always=("name",))

    def _oauth2_tokens(self):
        r = self.rng
        return self.some({"credential": lambda: self.reference("oauth2"), "expires_in": lambda: r.randrange(9999),
                          "access_token": lambda: word(r), "refresh_token": lambda: word(r), "scope": lambda: "a b",
                          "ttl": lambda: r.randrange(100), "service": lambda: self.reference("services")})

    # Plugins: what their schemas say.

    def _plugins(self):
        r = self.rng
        name = r.choice(sorted(self.plugin_schemas))
        return self.some({
            "name": lambda: name, "config": lambda: self.record(self.plugin_schemas[name]["fields"]),
            "enabled": lambda: r.random() < 0.7, "run_on": lambda: r.choice(["first", "all"]),
            "service": lambda: self.reference("services"), "route": lambda: self.reference("routes"),
            "consumer": lambda: self.reference("consumers"),
            "protocols": lambda: ["http", "https"], "tags": self.tags,
        }, always=("name", "config"))

    def record(self, fields):
        row = {}
        for entry in fields:
            for name, spec in entry.items():
                needed = spec.get("required") and "default" not in spec
                if needed or self.rng.random() < 0.4:
                    row[name] = self.of(spec)
        return row

    def of(self, spec):
        """A value that a schema's document describes."""
        r = self.rng
        if "one_of" in spec:
            return r.choice(spec["one_of"])
        kind = spec.get("type")
        if kind in ("integer", "number"):
            low, high = spec.get("between", [spec.get("gt", 0) + 1, 3000])
            low, high = max(int(low), -10**6), min(int(high), 10**6)
            return r.randint(min(low, high), max(low, high))
        if kind == "boolean":
            return r.random() < 0.5
        if kind in ("array", "set"):
            return [self.of(spec.get("elements", {})) for _ in range(r.randint(spec.get("len_min", 0), 3))]
        if kind == "map":
            return {self.of(spec.get("keys", {})): self.of(spec.get("values", {})) for _ in range(r.randrange(3))}
        if kind == "record":
            return self.record(spec.get("fields", []))
        if kind == "foreign":
            return self.reference(spec.get("reference", "consumers"))
        return self.text(spec)

    def text(self, spec):
        r = self.rng
        if spec.get("uuid"):
            return str(uuid.UUID(int=r.getrandbits(128)))
        if "default" in spec and r.random() < 0.3:
            return spec["default"]
        return r.choice([word(r), "127.0.0.1", "10.0.0.0/8", "http://127.0.0.1:9/x", "/a", "a:b", "X-A", "return nil",
                         "text/plain", "GET", "a.test"])
