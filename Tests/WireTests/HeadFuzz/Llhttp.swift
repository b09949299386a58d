// The second opinion: what llhttp, through NIO's decoders, makes of the same bytes.

import NIOCore
import NIOEmbedded
import NIOHTTP1

/// The first message in some bytes, as llhttp reads it.
struct Llhttp: Equatable {
    var startLine: [String] = []
    var fields: [[String]] = []
    var body: [UInt8] = []
    /// The message came to its end, by its framing or by the connection's.
    var isWhole = false
    var isRefused = false

    static func request(_ bytes: [UInt8]) -> Llhttp {
        var seen = Llhttp()
        let channel = EmbeddedChannel(
            handler: ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)))
        seen.feed(channel, bytes)
        while !seen.isWhole, let part = try? channel.readInbound(as: HTTPServerRequestPart.self) {
            switch part {
            case .head(let head):
                seen.startLine = [head.method.rawValue, head.uri, "\(head.version.major).\(head.version.minor)"]
                seen.fields = head.headers.map { [$0.name, trimmed($0.value)] }
            case .body(let buffer): seen.body += buffer.readableBytesView
            case .end: seen.isWhole = true
            }
        }
        return seen
    }

    /// - Parameter method: of the request that the answer is for.
    static func response(_ bytes: [UInt8], to method: HTTPMethod) -> Llhttp {
        var seen = Llhttp()
        let decoder = ByteToMessageHandler(HTTPResponseDecoder(leftOverBytesStrategy: .dropBytes))
        let channel = EmbeddedChannel()
        let head = HTTPRequestHead(version: .http1_1, method: method, uri: "/")
        try? channel.pipeline.syncOperations.addHandlers([HTTPRequestEncoder(), decoder])
        channel.write(HTTPClientRequestPart.head(head), promise: nil)
        seen.feed(channel, bytes)
        while !seen.isWhole, let part = try? channel.readInbound(as: HTTPClientResponsePart.self) {
            switch part {
            case .head(let head):
                seen.startLine = ["\(head.status.code)", "\(head.version.major).\(head.version.minor)"]
                seen.fields = head.headers.map { [$0.name, trimmed($0.value)] }
            case .body(let buffer): seen.body += buffer.readableBytesView
            case .end: seen.isWhole = true
            }
        }
        return seen
    }

    /// llhttp leaves the blanks after a value to its caller.
    private static func trimmed(_ value: String) -> String {
        let last = value.lastIndex { $0 != " " && $0 != "\t" }
        return last.map { String(value[...$0]) } ?? ""
    }

    private mutating func feed(_ channel: EmbeddedChannel, _ bytes: [UInt8]) {
        do {
            try channel.connect(to: SocketAddress(unixDomainSocketPath: "/fuzz")).wait()
            try channel.writeInbound(ByteBuffer(bytes: bytes))
        } catch {
            isRefused = true
        }
    }
}
