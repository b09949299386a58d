// When rate-limiting refuses, and what it tells the client.

import NIOEmbedded
import PluginKit
import Plugins
import Schema
import Testing

@Suite struct RateLimitingTests {
    private let scene = Scene()

    private func exchange(_ plugin: RateLimiting, from address: String = "10.0.0.1", at time: Int64 = 0) -> (
        Verdict, Exchange
    ) {
        let x = scene.request("GET / HTTP/1.1")
        x.clientAddress = address.bytes
        x.nowMilliseconds = time
        return (plugin.access(x), x)
    }

    @Test func `requests above the limit are refused and not counted`() {
        let plugin = scene.make(RateLimiting.self, ["policy": "local", "hour": 2])
        let remaining = (0..<2).map { _ in
            let (verdict, x) = exchange(plugin)
            #expect(verdict.isNext)
            #expect(x.clientHeader("X-RateLimit-Limit-hour") == "2")
            return x.clientHeader("X-RateLimit-Remaining-hour")
        }
        #expect(remaining == ["1", "0"])
        for _ in 0..<2 {
            let (verdict, x) = exchange(plugin)
            #expect(verdict.response?.status == 429)
            #expect(verdict.response?.text == #"{"message":"API rate limit exceeded"}"#)
            #expect(x.clientHeader("X-RateLimit-Remaining-hour") == "0")
        }
        let (verdict, x) = exchange(scene.make(RateLimiting.self, ["policy": "local", "hour": 4]))
        #expect(verdict.isNext)
        #expect(x.clientHeader("X-RateLimit-Remaining-hour") == "1")
    }

    @Test func `a full period stops the others without counting in them`() {
        let plugin = scene.make(RateLimiting.self, ["policy": "local", "hour": 1, "minute": 50, "day": 60])
        _ = exchange(plugin)
        for _ in 0..<2 {
            let (verdict, x) = exchange(plugin)
            #expect(verdict.response?.status == 429)
            #expect(x.clientHeader("X-RateLimit-Remaining-minute") == "49")
            #expect(x.clientHeader("X-RateLimit-Remaining-hour") == "0")
            #expect(x.clientHeader("X-RateLimit-Remaining-day") == "59")
        }
    }

    @Test func `a new period starts afresh`() {
        let plugin = scene.make(RateLimiting.self, ["policy": "local", "minute": 1])
        #expect(exchange(plugin, at: 59_999).0.isNext)
        #expect(!exchange(plugin, at: 59_999).0.isNext)
        #expect(exchange(plugin, at: 60_000).0.isNext)
    }

    @Test func `the headers can be hidden`() {
        let plugin = scene.make(RateLimiting.self, ["policy": "local", "hour": 1, "hide_client_headers": true])
        #expect(exchange(plugin).1.response.edits.isEmpty)
        let (verdict, x) = exchange(plugin)
        #expect(verdict.response?.status == 429)
        #expect(x.response.edits.isEmpty)
    }

    @Test func `fractions of a request are shown as Lua shows them`() {
        let (_, x) = exchange(scene.make(RateLimiting.self, ["policy": "local", "hour": 2.5]))
        #expect(x.clientHeader("X-RateLimit-Limit-hour") == "2.5")
        #expect(x.clientHeader("X-RateLimit-Remaining-hour") == "1.5")
    }

    @Test func `a Redis server is asked for Kong's keys, and the answer decides`() throws {
        let x = scene.request("GET / HTTP/1.1")
        x.nowMilliseconds = 1_795_898_225_960
        let loop = EmbeddedEventLoop()
        x.eventLoop = loop
        let redis = FakeRedis()
        x.redis = redis
        let driver = RecordingDriver()
        x.driver = driver
        let config: JSONObject = [
            "policy": "redis", "minute": 5, "hour": 50, "redis_host": "r.test", "redis_port": 6380,
            "redis_password": "pw", "redis_database": 3, "redis_timeout": 300,
        ]
        let plugin = scene.make(RateLimiting.self, config, route: "the-route")
        guard case .suspend = plugin.access(x) else { throw Surprise() }
        #expect(
            redis.server
                == RedisServer(host: "r.test", port: 6380, password: "pw", database: 3, timeoutMilliseconds: 300))
        let start = "ratelimit:the-route:00000000-0000-0000-0000-000000000000:10.0.0.1:"
        #expect(redis.keys == [start + "1795898220000:minute", start + "1795896000000:hour"])
        #expect(redis.seconds == [60, 3600])
        redis.answer(.success([5, 6]))
        loop.run()
        #expect(driver.verdict?.response?.status == 429)
        #expect(x.clientHeader("X-RateLimit-Remaining-minute") == "0")
        #expect(x.clientHeader("X-RateLimit-Remaining-hour") == "44")
    }

    @Test func `a Redis server out of reach stops nobody unless that is asked for`() throws {
        for (isTolerant, status) in [(true, nil), (false, 500)] as [(Bool, Int?)] {
            let x = scene.request("GET / HTTP/1.1")
            let loop = EmbeddedEventLoop()
            x.eventLoop = loop
            let (redis, driver) = (FakeRedis(), RecordingDriver())
            (x.redis, x.driver) = (redis, driver)
            let config: JSONObject = [
                "policy": "redis", "hour": 1, "redis_host": "r", "fault_tolerant": .bool(isTolerant),
            ]
            guard case .suspend = scene.make(RateLimiting.self, config).access(x) else { throw Surprise() }
            redis.answer(.failure(RedisFailure("timeout")))
            loop.run()
            #expect(driver.verdict != nil)
            #expect(driver.verdict?.response?.status == status)
            #expect(x.response.edits.isEmpty)
        }
    }

    @Test func `an answer of Redis that comes too late concerns no other request`() throws {
        let x = scene.request("GET / HTTP/1.1")
        let loop = EmbeddedEventLoop()
        x.eventLoop = loop
        let (redis, driver) = (FakeRedis(), RecordingDriver())
        (x.redis, x.driver) = (redis, driver)
        let plugin = scene.make(RateLimiting.self, ["policy": "redis", "hour": 1, "redis_host": "r"])
        guard case .suspend = plugin.access(x) else { throw Surprise() }
        x.reset()
        redis.answer(.success([0]))
        loop.run()
        #expect(driver.verdict == nil)
    }

    @Test func `counters out of reach stop nobody unless that is asked for`() {
        let (verdict, x) = exchange(scene.make(RateLimiting.self, ["policy": "cluster", "hour": 10]))
        #expect(verdict.isNext)
        #expect(x.response.edits.isEmpty)
        let strict = scene.make(RateLimiting.self, ["policy": "cluster", "hour": 10, "fault_tolerant": false])
        #expect(exchange(strict).0.response?.status == 500)
    }

    @Test func `counters belong to the scope of the configuration`() {
        func plugin(_ route: String?, _ service: String?, _ consumer: String? = nil) -> RateLimiting {
            let config: JSONObject = ["policy": "local", "hour": 1]
            return scene.make(RateLimiting.self, config, route: route, service: service, consumer: consumer)
        }
        #expect(exchange(plugin(nil, "s")).0.isNext)
        #expect(!exchange(plugin(nil, "s")).0.isNext)
        #expect(exchange(plugin("r", "s")).0.isNext)
        #expect(exchange(plugin(nil, nil)).0.isNext)
        // Kong leaves the consumer out of the key.
        #expect(!exchange(plugin(nil, nil, Scene.aliceID)).0.isNext)
    }

    @Test(arguments: [("consumer", true, false), ("credential", true, true), ("ip", false, false)])
    func `it counts by consumer, credential or address`(
        limitBy: String, isApartFromAddress: Bool, isApartByKey: Bool
    ) {
        let plugin = scene.make(RateLimiting.self, ["policy": "local", "hour": 1, "limit_by": .string(limitBy)])
        func request(_ key: String?) -> Bool {
            let x = scene.request("GET / HTTP/1.1" + (key.map { "\napikey: \($0)" } ?? ""))
            if key != nil { _ = scene.make(KeyAuth.self).access(x) }
            return plugin.access(x).isNext
        }
        #expect(request(nil))
        #expect(request("k1") == isApartFromAddress)
        #expect(request("k2") == isApartByKey)
        #expect(exchange(plugin, from: "10.0.0.2").0.isNext)
    }
}
