// Limits that are counted in a real Redis server, whatever happens to it.

import Foundation
import Testing

extension EndToEnd {
    @Suite("Redis", .enabled(if: RedisPeer.isInstalled))
    struct Redis {
        private static func origin(_ fields: String = "") throws -> Origin {
            try Origin(answering: { _ in Origin.ok("hello", fields) })
        }

        @Test func `two nodes share a limit, and not one request more passes`() throws {
            let origin = try Self.origin()
            defer { origin.stop() }
            try RedisPeer.with { redis in
                try Node.several(2, [:]) { nodes in
                    // Counters of all routes and services together: each node has its own database here.
                    let config = redis.settings.merging(["year": 20, "limit_by": "ip"]) { $1 }
                    for node in nodes {
                        try node.route("/", to: origin.port)
                        let answer = try node.admin("POST", "/plugins", ["name": "rate-limiting", "config": config])
                        #expect(answer.status == 201)
                    }
                    let statuses = (0..<30).map { nodes[$0 % 2].status("/") }
                    #expect(statuses.filter { $0 == 200 }.count == 20)
                    #expect(statuses.filter { $0 == 429 }.count == 10)
                    let keys = try redis.ask("KEYS", "*")
                    #expect(keys.count == 1)
                    #expect(keys[0].hasPrefix("ratelimit:00000000-0000-0000-0000-000000000000:"))
                    #expect(eventually { try redis.ask("GET", keys[0]) == ["20"] })
                    let life = try #require(Int(try redis.ask("TTL", keys[0])[0]))
                    #expect((31_500_000...31_536_000).contains(life))
                }
            }
        }

        @Test func `a full limit counts a request in none of the periods`() throws {
            try RedisPeer.with { redis in
                try Node.with(origin: Self.origin()) { node in
                    let config = redis.settings.merging(["month": 2, "year": 10]) { $1 }
                    try node.admin("POST", "/plugins", ["name": "rate-limiting", "config": config])
                    for expected in [200, 200, 429, 429] { #expect(node.status("/") == expected) }
                    let answer = try node.get("/")
                    #expect(answer.fields["x-ratelimit-remaining-month"] == "0")
                    let year = try redis.ask("KEYS", "*:year")
                    #expect(eventually { try redis.ask("GET", year[0]) == ["2"] })
                }
            }
        }

        @Test func `the limits hold again when the server has been away`() throws {
            try RedisPeer.with { redis in
                try Node.with(origin: Self.origin()) { node in
                    let config = redis.settings.merging(["year": 2]) { $1 }
                    try node.admin("POST", "/plugins", ["name": "rate-limiting", "config": config])
                    for expected in [200, 200, 429] { #expect(node.status("/") == expected) }
                    redis.stop()
                    let alone = try node.get("/")
                    #expect(alone.status == 200)
                    #expect(alone.fields["x-ratelimit-limit-year"] == nil)
                    try redis.start()
                    for expected in [200, 200, 429] { #expect(node.status("/") == expected) }
                }
            }
        }

        @Test func `without its server a strict limit lets nothing pass`() throws {
            try RedisPeer.with { redis in
                redis.stop()
                try Node.with(origin: Self.origin()) { node in
                    let config = redis.settings.merging(["year": 2, "fault_tolerant": false]) { $1 }
                    try node.admin("POST", "/plugins", ["name": "rate-limiting", "config": config])
                    let answer = try node.get("/")
                    #expect(answer.status == 500)
                    #expect(answer.text == #"{"message":"An unexpected error occurred"}"#)
                    let told = "[rate-limiting] failed to get usage: failed to connect to Redis"
                    #expect(eventually { node.log("error.log").contains(told) })
                }
            }
        }

        @Test func `a frozen server costs a request the timeout and no more`() throws {
            try RedisPeer.with { redis in
                try Node.with(origin: Self.origin()) { node in
                    let config = redis.settings.merging(["year": 100, "redis_timeout": 400]) { $1 }
                    try node.admin("POST", "/plugins", ["name": "rate-limiting", "config": config])
                    #expect(node.status("/") == 200)
                    redis.freeze()
                    defer { redis.thaw() }
                    for _ in 0..<2 {
                        let start = Moment.now
                        let answer = try node.get("/")
                        #expect(answer.status == 200)
                        #expect(answer.fields["x-ratelimit-limit-year"] == nil)
                        #expect(Moment.now - start > 0.35)
                    }
                    redis.thaw()
                    #expect(eventually { try node.get("/").fields["x-ratelimit-limit-year"] == "100" })
                }
            }
        }

        @Test func `password and database are told, and wrong ones are an error`() throws {
            try RedisPeer.with(["--requirepass", "secret"]) { redis in
                try Node.with(origin: Self.origin()) { node in
                    let strict: [String: Any] = ["year": 5, "fault_tolerant": false, "redis_password": "secret"]
                    let config = redis.settings.merging(strict) { $1 }
                    let other = config.merging(["redis_database": 3]) { $1 }
                    let plugin = try node.admin("POST", "/plugins", ["name": "rate-limiting", "config": other]).id
                    #expect(node.status("/") == 200)
                    #expect(try redis.ask("-a", "secret", "-n", "3", "KEYS", "*").count == 1)
                    for wrong in [["redis_password": "wrong"], ["redis_database": 99]] as [[String: Any]] {
                        let faulty = config.merging(wrong) { $1 }
                        try node.admin("PATCH", "/plugins/\(plugin)", ["config": faulty])
                        #expect(node.status("/") == 500)
                    }
                    for reason in [
                        "failed to auth Redis: WRONGPASS",
                        "failed to change Redis database: ERR DB index is out of range",
                    ] {
                        #expect(eventually { node.log("error.log").contains(reason) }, "\(node.log("error.log"))")
                    }
                }
            }
        }

        @Test func `what answers cost is counted in Redis`() throws {
            try RedisPeer.with { redis in
                try Node.with(origin: Self.origin("x-kong-limit: video=2\r\n")) { node in
                    let config = redis.settings.merging(["limits": ["video": ["year": 3]]]) { $1 }
                    try node.admin("POST", "/plugins", ["name": "response-ratelimiting", "config": config])
                    let first = try node.get("/")
                    #expect(first.status == 200)
                    #expect(first.fields["x-ratelimit-remaining-video-year"] == "1")
                    let key = try redis.ask("KEYS", "*:video:year")
                    #expect(eventually { try redis.ask("GET", key[0]) == ["2"] })
                    #expect(try redis.ask("KEYS", "*").count == 6)
                    #expect(try node.get("/").status == 200)
                    #expect(eventually { try redis.ask("GET", key[0]) == ["4"] })
                    #expect(try node.get("/").status == 429)
                }
            }
        }
    }
}
