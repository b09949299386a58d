// loggly: sends a syslog datagram to Loggly for every request.

import Glibc
import PluginKit
import Schema
import Wire

/// Sends entries as syslog messages (RFC 5424) with Loggly's structured data.
package struct Loggly: LogPhase {
    package static let declaration = PluginDeclaration(
        name: "loggly", version: "1.0.0", priority: 6, config: Config.schema,
        runOn: ["first", "second", "all"])
    package static let logsEntries = true

    package struct Config: Declared {
        package var host = "logs-01.loggly.com"
        package var port = 514
        package var key = ""
        package var tags: DistinctList<String> = ["kong"]
        package var logLevel = LogSeverity.info
        package var successfulSeverity = LogSeverity.info
        package var clientErrorsSeverity = LogSeverity.info
        package var serverErrorsSeverity = LogSeverity.info
        package var timeout = 10_000.0

        package init() {}

        package static let fields: [Field<Self>] = [
            Field("host", \.host, .host, doc: "The receiver's host."),
            Field("port", \.port, .port, doc: "The receiver's port."),
            Field("key", \.key, .required, doc: "The customer token."),
            Field("tags", \.tags, doc: "Tags of the entries."),
            Field("log_level", \.logLevel, doc: "The lowest severity that is sent."),
            Field("successful_severity", \.successfulSeverity, doc: "The severity of a status below 400."),
            Field("client_errors_severity", \.clientErrorsSeverity, doc: "The severity of 4xx."),
            Field("server_errors_severity", \.serverErrorsSeverity, doc: "The severity of 5xx."),
            Field("timeout", \.timeout, doc: "Milliseconds to wait for the receiver."),
        ]
    }

    private let peer: OutboundPeer
    private let rule: SeverityRule
    /// What stands between the time and the entry.
    private let middle: [UInt8]

    package init(_ config: Config, _ setup: Setup) {
        peer = OutboundPeer(host: config.host, port: config.port)
        rule = SeverityRule(
            least: config.logLevel, successful: config.successfulSeverity,
            clientErrors: config.clientErrorsSeverity, serverErrors: config.serverErrorsSeverity)
        let tags = config.tags.map { "tag=\"\($0)\"" }.joined(separator: " ")
        middle = Array(" \(Self.hostname) kong - - [\(config.key)@41058 \(tags)] ".utf8)
    }

    package func log(_ x: Exchange) {
        guard let severity = rule.severity(ofStatus: x.response.status) else { return }
        // Of the facility "user", 1.
        var message = Array("<\(8 + severity)>1 ".utf8)
        let time = CivilTime(epochSeconds: Int(x.nowMilliseconds / 1000))
        message += Self.text(time)
        message += middle
        message += LogEntry.json(of: x)
        x.outbound?.send(datagram: message, to: peer, sender: Self.declaration.name)
    }

    /// `2026-11-28T20:13:04Z`
    private static func text(_ time: CivilTime) -> [UInt8] {
        var text: [UInt8] = []
        for (number, end) in [
            (time.year / 100, ""), (time.year % 100, "-"), (time.month, "-"), (time.day, "T"), (time.hour, ":"),
            (time.minute, ":"), (time.second, "Z"),
        ] {
            text += [Ascii.zero + UInt8(number / 10), Ascii.zero + UInt8(number % 10)]
            text += end.utf8
        }
        return text
    }

    private static let hostname: String = {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }()
}
