// A line that statsd and datadog send of a request, `kong.shop.request.count:1|c`. All of it that does not change from
// request to request is ready as bytes.

import PluginKit
import Schema

struct StatLine: Sendable {
    /// What stands behind the colon.
    enum Value {
        case one
        case latency, kongLatency, upstreamLatency
        case requestSize, responseSize
        case consumer
    }

    /// What comes after the service's name, and after the consumer's where it is a part of the name.
    private var name: [UInt8]
    private var namesConsumer = false
    private var namesStatus = false
    private let value: Value
    /// Where the line is about a consumer: what stands for it.
    private var consumer: ConsumerIdentifier?
    /// What follows the value: `|c|@0.5|#app:kong`.
    private let tail: [UInt8]

    private init(_ name: String, _ value: Value, _ tail: [UInt8]) {
        self.name = Array(name.utf8)
        self.value = value
        self.tail = tail
    }

    private func ofConsumer(_ identifier: ConsumerIdentifier?) -> StatLine {
        var line = self
        line.consumer = identifier ?? .customID
        if case .consumer = value {} else { line.namesConsumer = true }
        return line
    }

    private var withStatus: StatLine {
        var line = self
        line.namesStatus = true
        return line
    }

    /// The lines of a figure, in Kong's order.
    ///
    /// - Parameter rate: is told to the receiver, which divides by it. Kong sends every figure, whatever the rate is.
    static func all(
        of figure: MetricName, _ type: MetricType, rate: Double?, consumer: ConsumerIdentifier?,
        tags: [String] = []
    ) -> [StatLine] {
        let rateText =
            if figure != .uniqueUsers, let rate, rate != 1 { "|@" + rate.luaText } else { "" }
        let tagText = tags.isEmpty ? "" : "|#" + tags.joined(separator: ",")
        let tail = Array("|\(type.sign)\(rateText)\(tagText)".utf8)
        return switch figure {
        case .kongLatency: [StatLine(".kong_latency", .kongLatency, tail)]
        case .latency: [StatLine(".latency", .latency, tail)]
        case .upstreamLatency: [StatLine(".upstream_latency", .upstreamLatency, tail)]
        case .requestCount: [StatLine(".request.count", .one, tail)]
        case .requestSize: [StatLine(".request.size", .requestSize, tail)]
        case .responseSize: [StatLine(".response.size", .responseSize, tail)]
        case .statusCount: statuses(tail)
        case .statusCountPerUser: statuses(tail).map { $0.ofConsumer(consumer) }
        case .requestPerUser: [StatLine(".request.count", .one, tail).ofConsumer(consumer)]
        case .uniqueUsers: [StatLine(".user.uniques", .consumer, tail).ofConsumer(consumer)]
        }
    }

    private static func statuses(_ tail: [UInt8]) -> [StatLine] {
        [
            StatLine(".request.status.", .one, tail).withStatus,
            StatLine(".request.status.total", .one, tail),
        ]
    }

    /// The line of a request; nil where it is about a consumer and none is known.
    ///
    /// - Parameter prefix: with the point behind it.
    func text(_ x: Exchange, _ facts: LogFacts, _ service: ServiceInfo, prefix: [UInt8]) -> [UInt8]? {
        var who: [UInt8] = []
        if let consumer {
            guard let known = x.consumer?.identifier(consumer) else { return nil }
            who = known
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(
            prefix.count + service.label.count + who.count + name.count + tail.count + 32)
        bytes += prefix
        for byte in service.label { bytes.append(byte == UInt8(ascii: ".") ? UInt8(ascii: "_") : byte) }
        if namesConsumer {
            bytes.append(contentsOf: ".user.".utf8)
            bytes += who
        }
        bytes += name
        if namesStatus { Self.append(Int64(x.response.status), to: &bytes) }
        bytes.append(UInt8(ascii: ":"))
        if case .consumer = value { bytes += who } else { Self.append(number(x, facts), to: &bytes) }
        bytes += tail
        return bytes
    }

    private func number(_ x: Exchange, _ facts: LogFacts) -> Int64 {
        switch value {
        case .one, .consumer: 1
        case .latency: max(x.nowMilliseconds - x.startedAtMilliseconds, 0)
        case .kongLatency: facts.kongMilliseconds
        case .upstreamLatency: facts.waitedMilliseconds
        case .requestSize: Int64(clamping: x.request.receivedBytes)
        case .responseSize: Int64(clamping: x.response.bytesSent)
        }
    }

    private static func append(_ number: Int64, to bytes: inout [UInt8]) {
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        let start = bytes.count
        var rest = number.magnitude
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
    }
}

extension MetricType {
    /// The type in the StatsD protocol.
    fileprivate var sign: String {
        switch self {
        case .counter: "c"
        case .gauge: "g"
        case .histogram: "h"
        case .meter: "m"
        case .set: "s"
        case .timer: "ms"
        }
    }
}

extension ConsumerInfo {
    /// What stands for the consumer; nil where it has none.
    fileprivate func identifier(_ kind: ConsumerIdentifier) -> [UInt8]? {
        switch kind {
        case .consumerID: id.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 }
        case .customID: customID
        case .username: username
        }
    }
}
