// statsd: sends figures of every request to a StatsD server.

import PluginKit
import Schema

package struct StatsD: LogPhase {
    package static let declaration = PluginDeclaration(
        name: "statsd", version: "1.0.0", priority: 11,
        config: Config.schema.droppingNullsInDefault(of: "metrics"),
        runOn: ["first", "second", "all"])

    /// A figure and how it is sent.
    package struct Metric: Declared {
        package var name = MetricName.requestCount
        package var statType = MetricType.counter
        package var sampleRate: Double?
        package var consumerIdentifier: ConsumerIdentifier?

        package init() {}

        package static let fields: [Field<Self>] = [
            Field("name", \.name, .required, doc: "The figure."),
            Field("stat_type", \.statType, .required, doc: "How it is sent."),
            Field(
                "sample_rate", \.sampleRate, .greaterThan(0), doc: "The share of requests that is sent."),
            Field("consumer_identifier", \.consumerIdentifier, doc: "What stands for the consumer."),
        ]

        package static let checks = MetricChecks.all

        /// The figures that are sent when nothing is configured.
        static let defaults = MetricChecks.defaults.map { name, type, rate, consumer in
            var metric = Metric()
            metric.name = name
            metric.statType = type
            metric.sampleRate = rate
            metric.consumerIdentifier = consumer
            return metric
        }
    }

    package struct Config: Declared {
        package var host = "localhost"
        package var port = 8125
        package var prefix = "kong"
        /// Null sends nothing: Kong fails on it.
        package var metrics: [Metric]? = Metric.defaults

        package init() {}

        package static let fields: [Field<Self>] = [
            Field("host", \.host, .host, doc: "The receiver's host."),
            Field("port", \.port, .port, doc: "The receiver's port."),
            Field("prefix", \.prefix, doc: "What the names of the figures begin with."),
            Field("metrics", \.metrics, doc: "The figures that are sent."),
        ]
    }

    package static let logsEntries = true

    private let lines: StatLines

    package init(_ config: Config, _ setup: Setup) {
        let lines = (config.metrics ?? []).flatMap { metric in
            StatLine.all(
                of: metric.name, metric.statType, rate: metric.sampleRate,
                consumer: metric.consumerIdentifier)
        }
        self.lines = StatLines(
            sender: "statsd", host: config.host, port: config.port, prefix: config.prefix, lines)
    }

    package func log(_ x: Exchange) {
        lines.send(x)
    }
}
