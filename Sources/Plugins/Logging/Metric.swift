// What statsd and datadog have in common: which figures there are, how they are sent, and what a figure needs.

import Schema

/// A figure that is sent for every request.
package enum MetricName: String, Choice {
    case kongLatency = "kong_latency"
    case latency
    case requestCount = "request_count"
    case requestPerUser = "request_per_user"
    case requestSize = "request_size"
    case responseSize = "response_size"
    case statusCount = "status_count"
    case statusCountPerUser = "status_count_per_user"
    case uniqueUsers = "unique_users"
    case upstreamLatency = "upstream_latency"
}

/// The types of figures of the StatsD protocol.
package enum MetricType: String, Choice {
    case counter, gauge, histogram, meter, set, timer
}

/// What stands for a consumer in the name of a figure.
package enum ConsumerIdentifier: String, Choice {
    case consumerID = "consumer_id"
    case customID = "custom_id"
    case username
}

enum MetricChecks {
    /// What the figures need; Kong's four checks in its order.
    static let all: [EntityCheck] = [
        .conditional(if: "name", .equals("unique_users"), then: "stat_type", .equals("set")),
        .conditional(if: "stat_type", .oneOf(["counter", "gauge"]), then: "sample_rate", .required),
        .conditional(
            if: "name", .oneOf(["status_count_per_user", "request_per_user", "unique_users"]),
            then: "consumer_identifier", .required),
        .conditional(
            if: "name", .oneOf(["status_count", "status_count_per_user", "request_per_user"]),
            then: "stat_type", .equals("counter")),
    ]

    /// The figures both send when nothing is configured: name, type, sample rate, consumer.
    static let defaults: [(MetricName, MetricType, Double?, ConsumerIdentifier?)] = [
        (.requestCount, .counter, 1, nil), (.latency, .timer, nil, nil), (.requestSize, .timer, nil, nil),
        (.statusCount, .counter, 1, nil), (.responseSize, .timer, nil, nil), (.uniqueUsers, .set, nil, .customID),
        (.requestPerUser, .counter, 1, .customID), (.upstreamLatency, .timer, nil, nil),
        (.kongLatency, .timer, nil, nil), (.statusCountPerUser, .counter, 1, .customID),
    ]
}

extension RecordSchema {
    /// The schema with a list of records as the default of `name` that has only the members which are set, as Kong
    /// shows it.
    func droppingNullsInDefault(of name: String) -> RecordSchema {
        guard var field = field(name), let records = field.defaultValue?.array else { return self }
        field.defaultValue = .array(
            records.map { record in
                .object(JSONObject((record.object ?? [:]).filter { !$0.value.isNull }.map { ($0.key, $0.value) }))
            })
        return replacing(field)
    }
}
