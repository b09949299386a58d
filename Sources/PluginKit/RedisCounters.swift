// Counters in a Redis server, as the limiting plugins need them: nodes of Kong count there as well. Like the exchange
// it is reached through, all of it belongs to one event loop.

/// Where a Redis server is and how it is spoken to.
package struct RedisServer: Hashable, Sendable {
    package let host: String
    package let port: Int
    /// Nil and empty are none.
    package let password: String?
    package let database: Int
    /// For connecting and for each answer, as one.
    package let timeoutMilliseconds: Int64

    package init(host: String, port: Int, password: String?, database: Int, timeoutMilliseconds: Int64) {
        self.host = host
        self.port = port
        self.password = password
        self.database = database
        self.timeoutMilliseconds = timeoutMilliseconds
    }
}

/// Names one counter and says how long it lives from its first increment on.
package struct RedisCounter: Hashable, Sendable {
    package let key: [UInt8]
    package let seconds: Int

    package init(key: [UInt8], seconds: Int) {
        self.key = key
        self.seconds = seconds
    }
}

/// Why there is no count, for the error log.
package struct RedisFailure: Error, Sendable, Equatable {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }
}

/// Counters and what may be counted at most.
package typealias RedisLimit = (counter: RedisCounter, limit: Double)

/// Counts in Redis. `done` is called on the event loop, perhaps at once.
package protocol RedisCounters: AnyObject {
    /// Adds one to each counter if all of them are below their limits, and to none otherwise. `done` gets the counts
    /// before, in order.
    func take(_ server: RedisServer, _ limits: [RedisLimit], _ done: @escaping (Result<[Int], RedisFailure>) -> Void)

    /// `done` gets the counts, in order.
    func read(
        _ server: RedisServer, _ counters: [RedisCounter], _ done: @escaping (Result<[Int], RedisFailure>) -> Void)

    /// Adds to counters. What can't be added is lost, as with Kong, and told in the error log after `sender`'s name.
    func add(_ server: RedisServer, _ amounts: [(counter: RedisCounter, amount: Int)], sender: String)
}
