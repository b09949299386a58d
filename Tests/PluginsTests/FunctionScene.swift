// What the tests of functions share: an exchange with a way out that records, and what became of a suspended request.

import PluginKit
import Plugins
import Schema
import Testing

/// One request that a plugin answers with a function's answer.
final class FunctionScene {
    let outbound = RecordingOutbound()
    let exchange: Exchange
    private let driver = ResumedDriver()
    private let first: Verdict

    init(_ plugin: any AccessPhase, _ exchange: Exchange) {
        self.exchange = exchange
        exchange.outbound = outbound
        exchange.driver = driver
        exchange.nowMilliseconds = 1_440_938_160_000
        first = plugin.access(exchange)
    }

    var isWaiting: Bool {
        if case .suspend = first { driver.verdict == nil } else { false }
    }

    /// The plugin's answer to the client.
    var response: Response? { (driver.verdict ?? first).response }

    /// The call that was made.
    func call() throws -> RecordingOutbound.Call {
        try #require(outbound.calls.last)
    }

    /// The value of a header of the call.
    func header(_ name: String) throws -> String? {
        try call().request.headers.first { $0.name == name }.map { String(decoding: $0.value, as: UTF8.self) }
    }

    /// What the function is told, read as JSON.
    func payload() throws -> JSON {
        try JSON(parsing: call().request.body)
    }

    /// Has the function answer.
    func answer(_ status: Int = 200, _ headers: [(String, String)] = [], _ body: String = "") throws {
        let headers = headers.map { (name: $0.0.bytes, value: $0.1.bytes) }
        try call().done(.success(OutboundAnswer(status: status, headers: headers, body: body.bytes)))
    }

    func fail(_ failure: OutboundFailure) throws {
        try call().done(.failure(failure))
    }
}

extension Response {
    /// The values of a header.
    func values(_ name: HeaderName) -> [String] {
        fields.filter { $0.name == name }.map { String(decoding: $0.value, as: UTF8.self) }
    }
}

/// Notes how a suspended request goes on.
final class ResumedDriver: ExchangeDriver {
    private(set) var verdict: Verdict?
    let upstreamPath: [UInt8]

    init(upstreamPath: String = "/") {
        self.upstreamPath = upstreamPath.bytes
    }

    func resume(_ exchange: Exchange, with verdict: Verdict) {
        self.verdict = verdict
    }
}
