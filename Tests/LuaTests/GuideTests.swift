// The examples of docs/guide/functions.md, run as they stand there.

import Foundation
import PluginKit
import Testing

@Suite struct GuideTests {
    /// The blocks of Lua in the guide.
    private static let examples: [String] = {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let guide = try? String(contentsOf: root.appendingPathComponent("docs/guide/functions.md"), encoding: .utf8)
        return (guide ?? "").components(separatedBy: "```lua\n").dropFirst().map {
            $0.components(separatedBy: "```")[0]
        }
    }()

    private static func bench(_ fields: String) -> Bench {
        Bench("POST /old/a?token=k1 HTTP/1.1\nContent-Length: 9\n\(fields)", body: #"{"a":[1]}"#)
    }

    @Test func `there are examples`() {
        #expect(Self.examples.count >= 8)
    }

    @Test(arguments: examples)
    func `each example runs, on requests that concern it and on others`(_ text: String) {
        for fields in ["X-In: 1", "X-Role: admin\nX-Canary: yes\nCookie: session=opensesame"] {
            let bench = Self.bench(fields)
            bench.variables["request_uri"] = "/old/a?token=k1"
            #expect(bench.run(text).answer?.status != 500, "\(bench.lines)")
        }
    }

    @Test func `they do what the guide says`() throws {
        let bench = Self.bench("X-Role: admin\nX-Canary: yes")
        bench.variables["request_uri"] = "/old/a?token=k1"
        for text in Self.examples.prefix(6) { #expect(bench.run(text).isNext, "\(text)") }
        #expect(bench.upstreamHeader("X-Route") == ["unknown"])
        #expect(bench.addedHeaders == ["X-Api-Version: 2"])
        #expect(bench.x.request.replacedPath.text == "/new/a")
        #expect(bench.upstreamHeader("apikey") == ["k1"])
        #expect(bench.x.request.query.text == "")
        #expect(bench.x.request.upstream?.host == "10.0.0.7")
        let body = try #require(bench.x.request.replacedBody.text)
        #expect(body.contains(#""a":[1]"#) && body.contains(#""seen_by":"gateway""#))
        #expect(Self.bench("X-In: 1").run(Self.examples[0]).answer?.status == 401)
    }
}
