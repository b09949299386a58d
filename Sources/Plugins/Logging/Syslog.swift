// syslog: writes a line of JSON to the system's log for every request.

import PluginKit
import Schema

/// Hands entries to the system's log, as `kong` and with the facility `user`.
package struct Syslog: LogPhase {
    package static let declaration = PluginDeclaration(
        name: "syslog", version: "1.0.0", priority: 4, config: Config.schema,
        runOn: ["first", "second", "all"])
    package static let logsEntries = true

    package struct Config: Declared {
        package var logLevel = LogSeverity.info
        package var successfulSeverity = LogSeverity.info
        package var clientErrorsSeverity = LogSeverity.info
        package var serverErrorsSeverity = LogSeverity.info

        package init() {}

        package static let fields: [Field<Self>] = [
            Field("log_level", \.logLevel, doc: "The lowest severity that is sent."),
            Field("successful_severity", \.successfulSeverity, doc: "The severity of a status below 400."),
            Field("client_errors_severity", \.clientErrorsSeverity, doc: "The severity of 4xx."),
            Field("server_errors_severity", \.serverErrorsSeverity, doc: "The severity of 5xx."),
        ]
    }

    private let rule: SeverityRule

    package init(_ config: Config, _ setup: Setup) {
        rule = SeverityRule(
            least: config.logLevel, successful: config.successfulSeverity,
            clientErrors: config.clientErrorsSeverity, serverErrors: config.serverErrorsSeverity)
    }

    package func log(_ x: Exchange) {
        guard let severity = rule.severity(ofStatus: x.response.status) else { return }
        x.outbound?.syslog(LogEntry.json(of: x), severity: severity)
    }
}
