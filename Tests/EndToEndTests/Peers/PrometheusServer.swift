// A real Prometheus that scrapes one node, with its data in a folder of its own. Whether the figures of /metrics are
// right is asked here as an operator would ask: with queries.

import Foundation
import Glibc

final class PrometheusServer: Sendable {
    struct Sample {
        let labels: [String: String]
        let value: Double
    }

    private let port: Int
    private let folder: String
    private let leash: ProcessLeash

    /// Runs `body` with a server that scrapes the node every half second.
    static func with<Value>(scraping node: Node, _ body: (PrometheusServer) throws -> Value) throws -> Value {
        let server = try PrometheusServer(node)
        defer { server.remove() }
        let process = try server.start()
        defer {
            server.leash.stop()
            waitpid(process, nil, 0)
        }
        return try body(server)
    }

    private init(_ node: Node) throws {
        port = try LocalAddress.freePorts(1)[0]
        folder = NSTemporaryDirectory() + "/e2e-prometheus-\(getpid())-\(port)"
        leash = ProcessLeash(prefix: folder)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let configuration = """
            global: {scrape_interval: 500ms, scrape_timeout: 500ms}
            scrape_configs:
              - job_name: gateway
                static_configs: [{targets: ["127.0.0.1:\(node.adminPort)"]}]
            """
        try Data(configuration.utf8).write(to: URL(fileURLWithPath: folder + "/prometheus.yml"))
    }

    private func start() throws -> pid_t {
        let process = try Command.start(
            "prometheus",
            [
                "--config.file=\(folder)/prometheus.yml", "--storage.tsdb.path=\(folder)/data",
                "--web.listen-address=127.0.0.1:\(port)", "--log.level=error",
            ], output: folder + "/log")
        try leash.hold(process)
        guard eventually(within: 30, { try !samples("up == 1").isEmpty }) else {
            let log = (try? String(contentsOfFile: folder + "/log", encoding: .utf8)) ?? ""
            leash.stop()
            waitpid(process, nil, 0)
            throw SocketFault("Prometheus scrapes nothing: \(log)")
        }
        return process
    }

    private func remove() {
        try? FileManager.default.removeItem(atPath: folder)
    }

    // MARK: - Questions

    /// The result of a query at this moment; throws where Prometheus takes the query for invalid.
    func samples(_ query: String) throws -> [Sample] {
        let data = try ask("/api/v1/query?query=\(Self.escaped(query))") as? [String: Any]
        let result = data?["result"] as? [[String: Any]] ?? []
        return result.map { entry in
            let text = (entry["value"] as? [Any])?.last as? String ?? ""
            return Sample(labels: entry["metric"] as? [String: String] ?? [:], value: Double(text) ?? .nan)
        }
    }

    /// The value of the only series of a query.
    func value(_ query: String) throws -> Double? {
        let found = try samples(query)
        return found.count == 1 ? found[0].value : nil
    }

    /// Waits until a query gives the value.
    func comes(_ value: Double, for query: String) -> Bool {
        eventually(within: 30) { try self.value(query) == value }
    }

    /// The values that a label has in the series of a selector.
    func values(of label: String, in selector: String) throws -> [String] {
        try ask("/api/v1/label/\(label)/values?match%5B%5D=\(Self.escaped(selector))") as? [String] ?? []
    }

    private func ask(_ target: String) throws -> Any? {
        let socket = try Socket.connect(port: port)
        defer { socket.close() }
        let answer = try socket.get(target)
        let json = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any]
        guard json?["status"] as? String == "success" else { throw SocketFault("\(target): \(answer.text)") }
        return json?["data"]
    }

    private static func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text
    }
}
