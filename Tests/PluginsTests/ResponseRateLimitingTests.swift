// What response-ratelimiting counts and tells.

import NIOEmbedded
import PluginKit
import Plugins
import Schema
import Testing
import Wire

@Suite struct ResponseRateLimitingTests {
    private let scene = Scene()

    /// One request whose answer has these header lines.
    private func exchange(_ plugin: ResponseRateLimiting, _ fields: String = "") -> (Verdict, Exchange) {
        let x = scene.request("GET / HTTP/1.1")
        let verdict = plugin.access(x)
        if verdict.isNext { scene.answer(x, "HTTP/1.1 200 OK" + fields) }
        plugin.responseHead(x)
        return (verdict, x)
    }

    private func plugin(_ limits: JSON, _ more: JSONObject = [:]) -> ResponseRateLimiting {
        var config: JSONObject = ["policy": "local", "limits": limits]
        config.merge(more)
        return scene.make(ResponseRateLimiting.self, config)
    }

    @Test func `an answer costs what its header says`() {
        let plugin = plugin(["video": ["hour": 10, "day": 12], "sms": ["day": 3]])
        let (_, first) = exchange(plugin, "\nX-Kong-Limit: video=4, other=7, sms")
        #expect(first.clientHeader("X-RateLimit-Limit-video-hour") == "10")
        #expect(first.clientHeader("X-RateLimit-Remaining-video-hour") == "6")
        #expect(first.clientHeader("X-RateLimit-Remaining-video-day") == "8")
        #expect(first.clientHeader("X-RateLimit-Remaining-sms-day") == "3")
        let (_, second) = exchange(plugin)
        #expect(second.upstreamHeader("X-RateLimit-Remaining-video") == "6")
        #expect(second.upstreamHeader("X-RateLimit-Remaining-sms") == "3")
    }

    @Test func `an answer that nothing was left for is replaced and not counted`() {
        let plugin = plugin(["video": ["hour": 1]])
        #expect(exchange(plugin, "\nx-kong-limit: video=1").1.response.replacement == nil)
        #expect(exchange(plugin, "\nx-kong-limit: video=1").1.response.replacement?.status == 429)
        #expect(exchange(plugin).1.response.replacement == nil)
    }

    @Test func `the first used-up limit can refuse every request`() {
        let plugin = plugin(["video": ["hour": 1]], ["block_on_first_violation": true])
        _ = exchange(plugin, "\nx-kong-limit: video=1")
        let (verdict, x) = exchange(plugin)
        #expect(verdict.response?.text == #"{"message":"API rate limit exceeded for 'video'"}"#)
        #expect(x.clientHeader("X-RateLimit-Limit-video-hour") == nil)
    }

    @Test func `the headers can be hidden, the upstream's always is`() {
        let plugin = plugin(["video": ["hour": 1]], ["hide_client_headers": true, "header_name": "X-Cost"])
        let (_, x) = exchange(plugin, "\nX-Cost: video=1")
        #expect(x.clientHeader("X-RateLimit-Limit-video-hour") == nil)
        let isHidden = x.response.edits.hides("x-cost".bytes.span, .other)
        #expect(isHidden)
    }

    @Test func `Redis is asked for the limited periods and told of all, under Kong's keys`() throws {
        let x = scene.request("GET / HTTP/1.1")
        x.nowMilliseconds = 1_795_898_225_960
        let loop = EmbeddedEventLoop()
        x.eventLoop = loop
        let (redis, driver) = (FakeRedis(), RecordingDriver())
        (x.redis, x.driver) = (redis, driver)
        let config: JSONObject = [
            "policy": "redis", "redis_host": "r",
            "limits": ["video": ["minute": 5, "hour": 10], "img": ["second": 3]],
        ]
        let plugin = scene.make(ResponseRateLimiting.self, config, route: "the-route")
        guard case .suspend = plugin.access(x) else { throw Surprise() }
        let start = "response-ratelimit:the-route:00000000-0000-0000-0000-000000000000:10.0.0.1:"
        #expect(
            redis.keys == [
                start + "1795898225000:img:second", start + "1795898220000:video:minute",
                start + "1795896000000:video:hour",
            ])
        redis.answer(.success([0, 1, 2]))
        loop.run()
        #expect(driver.verdict?.isNext == true)
        #expect(x.upstreamHeader("X-RateLimit-Remaining-video") == "4")
        scene.answer(x, "HTTP/1.1 200 OK\nx-kong-limit: video=3")
        plugin.responseHead(x)
        #expect(x.clientHeader("X-RateLimit-Remaining-video-minute") == "1")
        #expect(redis.added.count == 6)
        #expect(redis.added[start + "1767225600000:video:year"] == 3)
    }
}
