// How a trace goes on from the client to the upstream.

import PluginKit
import Plugins
import Schema
import Testing

@Suite struct ZipkinHeaderTests {
    private let scene = Scene()
    private let outbound = RecordingOutbound()
    private static let traceID = "80f198ee56343ba864fe8b2a57d3eff7"
    private static let spanID = "00f067aa0ba902b7"
    private static let continued = "X-B3-TraceId: \(traceID)\nX-B3-SpanId: \(spanID)\n"

    /// The exchange after the plugin has seen a request with these headers.
    private func seen(_ headers: String, ratio: Double = 1) -> Exchange {
        let x = scene.request("GET / HTTP/1.1\n\(headers)".trimmingLineEnd)
        x.traceRandom = TraceRandom(seed: 1, 2)
        x.outbound = outbound
        #expect(
            scene.make(Zipkin.self, ["http_endpoint": "http://z.test", "sample_ratio": .number(ratio)])
                .access(x).isNext)
        return x
    }

    private func isNew(_ x: Exchange) -> Bool {
        x.upstreamHeader("x-b3-traceid")?.utf8.count == 32
            && x.upstreamHeader("x-b3-traceid") != Self.traceID
            && x.trace?.parent == nil
    }

    @Test func `a request without a trace begins one, with the share of samples that is configured`() {
        let x = seen("")
        #expect(isNew(x))
        #expect(x.upstreamHeader("x-b3-spanid")?.utf8.count == 16)
        #expect(x.upstreamHeader("x-b3-parentspanid")?.utf8.count == 16)
        #expect(x.upstreamHeader("x-b3-spanid") != x.upstreamHeader("x-b3-parentspanid"))
        #expect(x.upstreamHeader("x-b3-sampled") == "1")
        #expect(seen("", ratio: 0).upstreamHeader("x-b3-sampled") == "0")
    }

    @Test func `a trace goes on, its ids in small letters`() {
        let x = seen(
            "X-B3-TraceId: \(Self.traceID.uppercased())\nX-B3-SpanId: \(Self.spanID)\nX-B3-Sampled: 1\n")
        #expect(x.upstreamHeader("x-b3-traceid") == Self.traceID)
        #expect(x.upstreamHeader("x-b3-spanid") != Self.spanID)
        #expect(x.trace?.parent == 0x00f0_67aa_0ba9_02b7)
        #expect(x.trace?.isSampled == true)
        #expect(
            seen("X-B3-TraceId: 80f198ee56343ba8\n").upstreamHeader("x-b3-traceid") == "80f198ee56343ba8")
    }

    @Test(arguments: [
        ("1", "1"), ("true", "1"), ("0", "0"), ("false", "0"), ("TRUE", "0"), ("2", "0"), ("", "0"),
        (nil, "0"),
    ])
    func `a trace that goes on is sampled if the client says so`(_ said: String?, _ passedOn: String) {
        let x = seen(Self.continued + (said.map { "X-B3-Sampled: \($0)\n" } ?? ""))
        #expect(x.upstreamHeader("x-b3-sampled") == passedOn)
        #expect(x.trace?.isSampled == (passedOn == "1"))
    }

    @Test func `two answers to whether the trace is sampled are none`() {
        let x = seen(Self.continued + "X-B3-Sampled: 1\nX-B3-Sampled: 1\n")
        #expect(x.trace?.isSampled == false)
        #expect(
            x.request.headerValues("x-b3-sampled").map { String(decoding: $0, as: UTF8.self) } == ["0"])
    }

    @Test(arguments: [
        "X-B3-TraceId: nonsense\nX-B3-SpanId: 00f067aa0ba902b7\n", "X-B3-TraceId: 80f198ee56343bag\n",
        "X-B3-TraceId: 80f198ee56343ba\n", "X-B3-TraceId:\n",
        "X-B3-Sampled: 1\nX-B3-SpanId: 00f067aa0ba902b7\n",
        "\(continued)X-B3-SpanId: \(spanID)\n", "\(continued)X-B3-TraceId: \(traceID)\n",
        "\(continued)X-B3-ParentSpanId: \(traceID)\n", "X-B3-TraceId: \(traceID)\nX-B3-SpanId: x\n",
        "b3: \(traceID)-\(spanID)-1\n", "x_b3_traceid: \(traceID)\n",
    ])
    func `a malformed id begins a new trace`(_ headers: String) {
        #expect(isNew(seen(headers)))
    }

    @Test func `every malformed header is told of in the error log`() {
        _ = seen(
            "X-B3-TraceId: 1\nX-B3-SpanId: 2\nX-B3-ParentSpanId: 3\nX-B3-Sampled: 4\nX-B3-Flags: 5\n")
        let names = ["x-b3-sampled", "x-b3-flags", "x-b3-traceid", "x-b3-parentspanid", "x-b3-spanid"]
        #expect(outbound.warnings == names.map { "[zipkin] \($0) header invalid; ignoring." })
    }

    @Test func `flags go on as they are, and in the place of the sampling decision`() {
        let debug = seen(Self.continued + "X-B3-Flags: 1\nX-B3-Sampled: 0\n")
        #expect(debug.trace?.isSampled == true)
        #expect(debug.upstreamHeader("x-b3-flags") == "1")
        #expect(debug.upstreamHeader("x-b3-sampled") == "0")
        let odd = seen(Self.continued + "X-B3-Flags: x\nX-B3-Flags: 1\nX-B3-Sampled: 1\n")
        #expect(
            odd.request.headerValues("x-b3-flags").map { String(decoding: $0, as: UTF8.self) } == ["x"])
        #expect(odd.trace?.isSampled == true)
        #expect(seen("X-B3-Flags: 1\n", ratio: 0).trace?.isSampled == false)
        #expect(seen("X-B3-Flags: 1\n").upstreamHeader("x-b3-sampled") == nil)
    }

    @Test(arguments: [
        ("a%20b", "a%20b"), ("a+b", "a%20b"), ("a b", "a%20b"), ("%", ""), ("%zz", "zz"),
        ("%00x", "%00x"),
        ("!'()*~-._/:@&=$,;?#[]", "!'()*~-._%2F%3A%40%26%3D%24%2C%3B%3F%23%5B%5D"),
        ("\u{e9}", "%C3%A9"), ("", ""),
    ])
    func `baggage is encoded anew`(_ sent: String, _ passedOn: String) {
        #expect(
            seen(Self.continued + "UberCtx-User: \(sent)\n").upstreamHeader("uberctx-user") == passedOn)
    }

    @Test func `baggage without a trace, or twice under a name, stays as it is`() {
        #expect(seen("uberctx-a: x y\n").upstreamHeader("uberctx-a") == "x y")
        let twice = seen(Self.continued + "uberctx-a: x y\nuberctx-a: z\n")
        #expect(
            twice.request.headerValues("uberctx-a").map { String(decoding: $0, as: UTF8.self) } == [
                "x y", "z",
            ])
    }

    @Test func `about the configured share of new traces is sampled`() {
        let plugin = scene.make(Zipkin.self, ["http_endpoint": "http://z.test", "sample_ratio": 0.25])
        let x = scene.request("GET / HTTP/1.1")
        x.traceRandom = TraceRandom(seed: 7, 9)
        var sampled = 0
        var ids = Set<UInt64>()
        for _ in 0..<4000 {
            x.reset()
            _ = plugin.access(x)
            if let trace = x.trace {
                ids.insert(trace.low)
                if trace.isSampled { sampled += 1 }
            }
        }
        #expect((900...1100).contains(sampled))
        #expect(ids.count == 4000)
    }
}

extension String {
    fileprivate var trimmingLineEnd: String { hasSuffix("\n") ? String(dropLast()) : self }
}
