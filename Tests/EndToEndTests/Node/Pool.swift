// An upstream entity of a node with a service and a route in front of it, and what its targets are asked.

import Foundation

struct Pool {
    let node: Node

    /// Makes the upstream `pool`, targets with their weights, and a route from `/` to it.
    static func make(
        on node: Node, _ upstream: [String: Any] = [:], targets: [(port: Int, weight: Int)],
        service: [String: Any] = [:], route: [String: Any] = [:]
    ) throws -> Pool {
        let made = try node.admin("POST", "/upstreams", ["name": "pool"].merging(upstream) { $1 })
        guard made.status == 201 else { throw SocketFault("upstream \(made.status) \(made.json)") }
        for target in targets {
            try node.admin(
                "POST", "/upstreams/pool/targets", ["target": "127.0.0.1:\(target.port)", "weight": target.weight])
        }
        try node.route("/", to: 80, ["name": "pool", "host": "pool"].merging(service) { $1 }, route)
        return Pool(node: node)
    }

    /// What the Admin API says of a target's health.
    func health(_ target: String) throws -> String? {
        let data = try node.admin("GET", "/upstreams/pool/health").json["data"] as? [[String: Any]] ?? []
        return data.first { $0["target"] as? String == target }?["health"] as? String
    }

    func health(_ port: Int) throws -> String? {
        try health("127.0.0.1:\(port)")
    }

    /// Sends that many requests on so many connections at a time, and gives the statuses other than 200.
    func send(_ count: Int, _ path: String = "/ok", connections: Int = 1) -> [Int] {
        let wrong = Statuses()
        DispatchQueue.concurrentPerform(iterations: connections) { _ in
            guard let socket = try? node.connect() else { return wrong.add(0) }
            for _ in 0..<(count / connections) {
                let status = (try? socket.get(path).status) ?? 0
                if status != 200 { wrong.add(status) }
            }
        }
        return wrong.all
    }
}
