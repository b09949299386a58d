// Runs functions on a request without any I/O.

import Lua
import NIOCore
import PluginKit
import Schema
import Testing
import Wire

/// A connection that has one request at a time, and what functions may ask about it.
final class Bench: ExchangeDriver, FunctionSurroundings {
    let x = Exchange()
    let node = NodeState(processID: 4711)
    var functionState: AnyObject?
    var nowMilliseconds: Int64 = 1_500_000_000_123
    var loopCount = 2
    var logLevel = 6
    var lines: [String] = []
    var isCut = false
    var upstreams: Set<String> = ["known"]
    var variables = [
        "host": "a.test", "scheme": "http", "server_port": "8000", "remote_addr": "10.0.0.1",
        "remote_port": "4242",
        "realip_remote_addr": "10.0.0.9", "realip_remote_port": "4242",
        "request_uri": "/a/b?x=1&y=2&y&z=a%20b",
        "uri": "/a/b", "upstream_uri": "/base/b",
    ]

    init(
        _ head: String = "GET /a/b?x=1&y=2&y&z=a%20b HTTP/1.1\nX-In: one\nCookie: sid=xyz; o=1",
        body: String? = nil
    ) {
        let lines = (head + "\nHost: a.test\n\n").split(
            separator: "\n", omittingEmptySubsequences: false)
        let text = lines.joined(separator: "\r\n")
        x.request.bytes = ByteBuffer(string: text)
        let result = x.request.head.parse(Array(text.utf8).span, limits: HeadLimits())
        #expect(result == .complete)
        if let body { x.request.body = .whole(ByteBuffer(string: body)) }
        x.driver = self
    }

    // MARK: - The connection

    var upstreamPath: [UInt8] { Array("/base/b".utf8) }
    func resume(_ exchange: Exchange, with verdict: Verdict) {}
    func log(_ level: Int, _ message: String) { lines.append("\(level) \(message)") }
    func variable(_ name: String) -> [UInt8]? { variables[name].map { Array($0.utf8) } }
    func isTrusted(_ address: [UInt8]) -> Bool { address == Array("10.0.0.9".utf8) }
    func hasUpstream(_ name: String) -> Bool { upstreams.contains(name) }
    func page(_ status: Int) -> Response {
        Response(status: status, body: Array("page \(status)".utf8))
    }
    func closeUnanswered() { isCut = true }

    // MARK: - Running

    func set(_ chunks: [String], plugin: String = "pre-function") -> FunctionSet {
        FunctionSet(plugin: plugin, chunks: chunks, node: node)
    }

    func run(_ chunks: String...) -> Verdict { set(chunks).run(x) }

    /// The text of an expression's value, or the message of the error that it raises.
    func value(_ expression: String) -> String {
        let verdict = run(
            "local ok, v = pcall(function() return \(expression) end); kong.response.exit(200, tostring(v))"
        )
        return verdict.answer?.text ?? "no answer"
    }

    /// The message of the error that statements raise, without the place; nil when they raise none.
    func fault(_ statements: String) -> String? {
        lines = []
        guard run("local function f() \(statements) end\nlocal r = { f() }").answer?.status == 500
        else { return nil }
        let line = lines.last ?? ""
        return line.firstRange(of: "]:1: ").map { String(line[$0.upperBound...]) } ?? line
    }

    func upstreamHeader(_ name: HeaderName) -> [String] {
        x.request.headerValues(name).map { String(decoding: $0, as: UTF8.self) }
    }

    var addedHeaders: [String] {
        var list: [String] = []
        x.response.edits.forEachAddition { name, value in
            list.append(
                String(decoding: name, as: UTF8.self) + ": " + String(decoding: value, as: UTF8.self))
        }
        return list
    }
}

extension Verdict {
    var answer: Response? {
        if case .respond(let response) = self { response } else { nil }
    }

    var isNext: Bool {
        if case .next = self { true } else { false }
    }
}

extension Response {
    var text: String { String(decoding: body, as: UTF8.self) }
}

extension [UInt8]? {
    var text: String? { map { String(decoding: $0, as: UTF8.self) } }
}
