// The Admin API of a node, and connections to its proxy ports.

import Foundation

extension Node {
    /// What the Admin API answered.
    struct AdminAnswer {
        let status: Int
        let json: [String: Any]

        var id: String { json["id"] as? String ?? "" }
    }

    @discardableResult
    func admin(_ method: String, _ path: String, _ body: [String: Any]? = nil) throws -> AdminAnswer {
        let socket = try Socket.connect(port: adminPort)
        defer { socket.close() }
        let data = try body.map { try JSONSerialization.data(withJSONObject: $0) } ?? Data()
        let type = body == nil ? "" : "Content-Type: application/json\r\n"
        try socket.send(
            "\(method) \(path) HTTP/1.1\r\nHost: a\r\n\(type)Content-Length: \(data.count)\r\nConnection: close\r\n\r\n"
        )
        try socket.send(Array(data))
        let answer = try socket.answer(to: method)
        let json = try? JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any]
        return AdminAnswer(status: answer.status, json: json ?? [:])
    }

    /// Makes a service with a route to it and gives back the route's id.
    @discardableResult
    func route(_ path: String, to port: Int, _ service: [String: Any] = [:], _ route: [String: Any] = [:]) throws
        -> String
    {
        let own: [String: Any] = ["host": "127.0.0.1", "port": port, "protocol": "http"]
        let made = try admin("POST", "/services", own.merging(service) { $1 })
        let ownRoute: [String: Any] = ["paths": [path], "service": ["id": made.id], "strip_path": false]
        let answer = try admin("POST", "/routes", ownRoute.merging(route) { $1 })
        guard made.status == 201, answer.status == 201 else {
            throw SocketFault("service \(made.status) \(made.json), route \(answer.status) \(answer.json)")
        }
        return answer.id
    }

    /// A connection to the proxy.
    func connect(receiveBufferBytes: Int32? = nil) throws -> Socket {
        try Socket.connect(port: proxyPort, receiveBufferBytes: receiveBufferBytes)
    }

    /// Sends bytes over a new connection and reads the answer.
    func exchange(_ text: String, method: String = "GET") throws -> Message {
        let socket = try connect()
        defer { socket.close() }
        try socket.send(text)
        return try socket.answer(to: method)
    }

    /// Sends a GET over a new connection.
    func get(_ path: String) throws -> Message {
        try exchange("GET \(path) HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")
    }

    /// A running node with a route from `/` to that upstream.
    static func with<Value>(
        origin: Origin, _ settings: [String: String] = [:], service: [String: Any] = [:],
        _ body: (Node) throws -> Value
    ) throws -> Value {
        defer { origin.stop() }
        return try with(settings) { node in
            try node.route("/", to: origin.port, service)
            return try body(node)
        }
    }
}
