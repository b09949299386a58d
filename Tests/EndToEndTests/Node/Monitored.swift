// A node with something of everything that the dashboard shows: services that answer well and badly, a consumer, and an
// upstream of which one target is down.

import Foundation

struct Monitored {
    /// What the service `shop` answers.
    static let goods = String(repeating: "g", count: 1000)

    let node: Node

    static func with<Value>(_ body: (Monitored) throws -> Value) throws -> Value {
        let origin = try Origin(answering: answer)
        defer { origin.stop() }
        return try Node.with(["nginx_worker_processes": "2"]) { node in
            try configure(node, origin)
            return try body(Monitored(node: node))
        }
    }

    @Sendable private static func answer(_ request: Message) -> String {
        switch request.target {
        case "/broken": "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"
        case "/missing": "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        default: Origin.ok(goods)
        }
    }

    private static func configure(_ node: Node, _ origin: Origin) throws {
        try node.admin("POST", "/plugins", ["name": "prometheus"])
        for name in ["shop", "broken", "missing", "members"] {
            try node.route("/\(name)", to: origin.port, ["name": name], ["name": name])
        }
        try node.admin("POST", "/services/members/plugins", ["name": "key-auth"])
        try node.admin("PUT", "/consumers/anna")
        try node.admin("POST", "/consumers/anna/key-auth", ["key": "a-key"])
        try addPool(to: node, origin)
    }

    private static func addPool(to node: Node, _ origin: Origin) throws {
        let passive: [String: Any] = ["unhealthy": ["tcp_failures": 1]]
        try node.admin("POST", "/upstreams", ["name": "pool.test", "healthchecks": ["passive": passive]])
        for port in [origin.port, try LocalAddress.freePorts(1)[0]] {
            try node.admin("POST", "/upstreams/pool.test/targets", ["target": "127.0.0.1:\(port)"])
        }
        try node.route("/pool", to: 80, ["name": "pool", "host": "pool.test"], ["name": "pool"])
    }

    // MARK: - Traffic

    /// Sends requests, each on a connection of its own, and tells how many bytes went and came.
    func send(_ target: String, times: Int, _ fields: String = "") throws -> (sent: Int, received: Int) {
        let request = "GET \(target) HTTP/1.1\r\nHost: t\r\n\(fields)Connection: close\r\n\r\n"
        var received = 0
        for _ in 0..<times {
            let socket = try node.connect()
            defer { socket.close() }
            try socket.send(request)
            received += try socket.rest().count
        }
        return (request.utf8.count * times, received)
    }

    /// Sends requests until the target that is down is known to be.
    func tellDeadTarget() -> Bool {
        eventually(within: 30) {
            _ = try send("/pool", times: 1)
            return try node.metrics().split(separator: "\n").contains {
                $0.hasPrefix("gibbon_target_health{upstream=\"pool.test\"") && $0.hasSuffix("state=\"unhealthy\"} 1")
            }
        }
    }
}
