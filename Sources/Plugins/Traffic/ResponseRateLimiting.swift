// response-ratelimiting: the upstream says in a header of its answers what a request cost; above a limit requests are
// refused.
// Settings only: what it does with a request is not built yet.

import Schema

package enum ResponseRateLimiting {
    package static let declaration = PluginDeclaration(
        name: "response-ratelimiting", version: "1.0.0", priority: 900, config: Config.schema,
        runOn: ["first", "second"], checks: LimitPolicy.checks)

    /// The limits of one thing that is counted.
    package struct Limits: Declared {
        package var second: Double?
        package var minute: Double?
        package var hour: Double?
        package var day: Double?
        package var month: Double?
        package var year: Double?

        package init() {}

        package static let fields: [Field<Self>] = [
            Field("second", \.second, .greaterThan(0), doc: "Units allowed in a second."),
            Field("minute", \.minute, .greaterThan(0), doc: "Units allowed in a minute."),
            Field("hour", \.hour, .greaterThan(0), doc: "Units allowed in an hour."),
            Field("day", \.day, .greaterThan(0), doc: "Units allowed in a day."),
            Field("month", \.month, .greaterThan(0), doc: "Units allowed in a month."),
            Field("year", \.year, .greaterThan(0), doc: "Units allowed in a year."),
        ]

        package static let checks: [EntityCheck] = [.atLeastOneOf(CalendarPeriod.allCases.map(\.rawValue))]

        package static func verify(_ row: Row, in context: ValidationContext) -> String? {
            LimitOrder.violation(in: row, article: "the")
        }
    }

    package struct Config: Declared {
        package var headerName = "x-kong-limit"
        package var limitBy = LimitIdentity.consumer
        package var policy = LimitPolicy.cluster
        package var faultTolerant = true
        package var redisHost: String?
        package var redisPort = 6379
        package var redisPassword: String?
        package var redisTimeout = 2000.0
        package var redisDatabase = 0.0
        package var blockOnFirstViolation = false
        package var hideClientHeaders = false
        package var limits: [String: Limits] = [:]

        package init() {}

        package static let fields: [Field<Self>] = [
            Field("header_name", \.headerName, doc: "The upstream's header that says what to count."),
            Field("limit_by", \.limitBy, doc: "Whose requests are counted together."),
            Field("policy", \.policy, doc: "Where is counted: on this node, in the database, or in Redis."),
            Field("fault_tolerant", \.faultTolerant, doc: "Whether requests pass when the counters can't be reached."),
            Field("redis_host", \.redisHost, .host, doc: "The Redis server's host."),
            Field("redis_port", \.redisPort, .port, doc: "The Redis server's port."),
            Field("redis_password", \.redisPassword, .lengthAtLeast(0), doc: "The Redis server's password."),
            Field("redis_timeout", \.redisTimeout, doc: "Milliseconds to wait for the Redis server."),
            Field("redis_database", \.redisDatabase, doc: "The number of the Redis database."),
            Field(
                "block_on_first_violation", \.blockOnFirstViolation,
                doc: "Whether one used-up limit refuses requests whatever they would count for."),
            Field("hide_client_headers", \.hideClientHeaders, doc: "Whether the client is not told the limits."),
            Field(
                "limits", \.limits, .required, .lengthAtLeast(1), .each(.defaulted),
                doc: "Limits by the name of what is counted."),
        ]
    }
}
