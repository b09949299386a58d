// The side of the limiting plugins that counts in Redis: in which server, and how counters are called there. The keys
// are Kong's, so that its nodes and ours count together.

import PluginKit

/// The counters of one configuration.
struct RedisScope: Sendable {
    let server: RedisServer
    private let prefix: [UInt8]

    /// - Parameter kind: how the keys of the plugin begin.
    init(_ kind: String, _ server: RedisServer, _ setup: Setup) {
        self.server = server
        let route = setup.routeID ?? SharedCounter.nobody
        let service = setup.serviceID ?? SharedCounter.nobody
        prefix = Array("\(kind):\(route):\(service):".utf8)
    }

    /// - Parameter name: what is counted, where a plugin counts several things.
    func counter(_ identifier: [UInt8], _ period: CalendarPeriod, name: String? = nil, now: Int64) -> RedisCounter {
        let start = period.window(containing: now).lowerBound
        let rest = name.map { ":\(start):\($0):\(period.rawValue)" } ?? ":\(start):\(period.rawValue)"
        return RedisCounter(key: prefix + identifier + Array(rest.utf8), seconds: period.redisSeconds)
    }
}

extension RedisServer {
    /// A server from the settings that the limiting plugins share. The schema demands a host where it is needed.
    init(host: String?, port: Int, password: String?, database: Double, timeout: Double) {
        self.init(
            host: host ?? "", port: port, password: password, database: Int(exactly: database) ?? 0,
            timeoutMilliseconds: Int64(min(max(timeout, 1), 86_400_000)))
    }
}

extension CalendarPeriod {
    /// How long a counter lives in Redis from its first request on.
    fileprivate var redisSeconds: Int {
        switch self {
        case .second: 1
        case .minute: 60
        case .hour: 3600
        case .day: 86_400
        case .month: 2_592_000
        case .year: 31_536_000
        }
    }
}

extension Result<[Int], RedisFailure> {
    /// The counts; where there are none, the error log is told why.
    func countsOrComplaint(_ x: Exchange, of plugin: String) -> [Int]? {
        switch self {
        case .success(let counts): return counts
        case .failure(let failure):
            x.outbound?.logError("[\(plugin)] failed to get usage: \(failure.text)")
            return nil
        }
    }
}
