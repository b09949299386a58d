// An HTTP/1 message as a test sees it: written by hand, read by a reader that shares nothing with the gateway's.

/// A request or an answer.
struct Message {
    /// The request line or the status line.
    var start: String
    /// Header fields by lower-case name; repeated ones are joined by ", ".
    var fields: [String: String] = [:]
    var trailers: [String: String] = [:]
    var body: [UInt8] = []
    /// How many bytes of body came, also if a sink took them.
    var bodyCount = 0

    var status: Int { Int(start.split(separator: " ").dropFirst().first ?? "") ?? 0 }
    var method: String { String(start.split(separator: " ").first ?? "") }
    var target: String { String(start.split(separator: " ").dropFirst().first ?? "") }
    var text: String { String(decoding: body, as: UTF8.self) }
    var closes: Bool { fields["connection"]?.lowercased() == "close" }
}

extension Socket {
    /// Takes parts of a body instead of keeping them.
    typealias Sink = ([UInt8]) throws -> Void

    /// Reads a request; nil at an orderly end of the connection.
    func request(sink: Sink? = nil) throws -> Message? {
        guard var message = try head() else { return nil }
        if message.fields["expect"] != nil { try send("HTTP/1.1 100 Continue\r\n\r\n") }
        try readBody(of: &message, untilEnd: false, sink)
        return message
    }

    /// Reads an answer to a request of that method.
    func answer(to method: String = "GET", sink: Sink? = nil) throws -> Message {
        guard var message = try head() else { throw SocketFault("end of stream instead of an answer") }
        let hasNoBody = method == "HEAD" || [204, 304].contains(message.status) || message.status < 200
        if !hasNoBody { try readBody(of: &message, untilEnd: true, sink) }
        return message
    }

    /// Sends a GET and reads its answer.
    func get(_ target: String, _ fields: String = "") throws -> Message {
        try send("GET \(target) HTTP/1.1\r\nHost: t\r\n\(fields)\r\n")
        return try answer()
    }

    /// Reads a start line and header fields; nil if there is nothing but the end of the stream.
    func head() throws -> Message? {
        let first = try some(limit: 1)
        guard !first.isEmpty else { return nil }
        var message = Message(start: String(decoding: first, as: UTF8.self) + (try line()))
        message.fields = try readFields()
        return message
    }

    private func readFields() throws -> [String: String] {
        var fields: [String: String] = [:]
        while true {
            let line = try line()
            guard !line.isEmpty else { return fields }
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { throw SocketFault("bad header line: \(line.prefix(80))") }
            let value = String(parts[1].drop { $0 == " " })
            fields[parts[0].lowercased(), default: ""] += fields[parts[0].lowercased()] == nil ? value : ", " + value
        }
    }

    private func readBody(of message: inout Message, untilEnd: Bool, _ sink: Sink?) throws {
        if message.fields["transfer-encoding"]?.lowercased() == "chunked" {
            while case let line = try line(), let count = Int(line.prefix { $0 != ";" }, radix: 16), count > 0 {
                try readBytes(count, of: &message, sink)
                guard try self.line().isEmpty else { throw SocketFault("a chunk without its end") }
            }
            message.trailers = try readFields()
        } else if let length = message.fields["content-length"] {
            guard let count = Int(length) else { throw SocketFault("bad length \(length)") }
            try readBytes(count, of: &message, sink)
        } else if untilEnd {
            while case let part = try some(), !part.isEmpty { try take(part, of: &message, sink) }
        }
    }

    private func readBytes(_ count: Int, of message: inout Message, _ sink: Sink?) throws {
        var left = count
        while left > 0 {
            let part = try some(limit: min(left, 64 << 10))
            if part.isEmpty { throw SocketFault("end of stream \(left) bytes before the body's") }
            left -= part.count
            try take(part, of: &message, sink)
        }
    }

    private func take(_ part: [UInt8], of message: inout Message, _ sink: Sink?) throws {
        message.bodyCount += part.count
        if let sink { try sink(part) } else { message.body += part }
    }
}
