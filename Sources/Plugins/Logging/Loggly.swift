// loggly: sends a syslog datagram to Loggly for every request.
// Settings only: what it does with a request is not built yet.

import Schema

package enum Loggly {
    package static let declaration = PluginDeclaration(
        name: "loggly", version: "1.0.0", priority: 6, config: Config.schema,
        runOn: ["first", "second", "all"])

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
}
