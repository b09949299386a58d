// A node's own figures, as it shows them at /metrics.

extension Node {
    /// The page.
    func metrics() throws -> String {
        let socket = try Socket.connect(port: adminPort)
        defer { socket.close() }
        return try socket.get("/metrics").text
    }

    /// The value of one series, which is named as the page writes it.
    func metric(_ series: String) throws -> Double? {
        let line = try metrics().split(separator: "\n").first { $0.hasPrefix(series + " ") }
        return line?.split(separator: " ").last.flatMap { Double($0) }
    }
}
