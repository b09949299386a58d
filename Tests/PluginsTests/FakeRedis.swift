// A Redis server without a server: what plugins ask it, and what it answers when a test says so.

import PluginKit

final class FakeRedis: RedisCounters {
    private(set) var server: RedisServer?
    private(set) var counters: [RedisCounter] = []
    /// By key.
    private(set) var added: [String: Int] = [:]
    private var done: ((Result<[Int], RedisFailure>) -> Void)?

    var keys: [String] { counters.map { String(decoding: $0.key, as: UTF8.self) } }
    var seconds: [Int] { counters.map(\.seconds) }

    func answer(_ result: Result<[Int], RedisFailure>) {
        done?(result)
        done = nil
    }

    func take(_ server: RedisServer, _ limits: [RedisLimit], _ done: @escaping (Result<[Int], RedisFailure>) -> Void) {
        self.server = server
        counters = limits.map(\.counter)
        self.done = done
    }

    func read(
        _ server: RedisServer, _ counters: [RedisCounter], _ done: @escaping (Result<[Int], RedisFailure>) -> Void
    ) {
        self.server = server
        self.counters = counters
        self.done = done
    }

    func add(_ server: RedisServer, _ amounts: [(counter: RedisCounter, amount: Int)], sender: String) {
        for (counter, amount) in amounts { added[String(decoding: counter.key, as: UTF8.self), default: 0] += amount }
    }
}

/// Notes how a suspended request goes on.
final class RecordingDriver: ExchangeDriver {
    private(set) var verdict: Verdict?
    let upstreamPath = "/base/path".bytes

    func resume(_ exchange: Exchange, with verdict: Verdict) {
        self.verdict = verdict
    }
}

/// Something that a test can't go on after.
struct Surprise: Error {}
