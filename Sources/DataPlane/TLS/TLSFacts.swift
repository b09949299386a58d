// What was agreed in a client's TLS handshake, for logs that tell it. The TLS library does not say all of it: it is
// read off the server's first message, which goes out in the clear.

import NIOCore

/// One connection's handshake. A class, since HTTP/2 streams share what their connection learns.
final class TLSFacts {
    /// The name that the client asked for.
    var serverName: [UInt8]?
    var hello: ServerHello?
}

/// The server's choice (RFC 8446, section 4.1.3; RFC 5246, section 7.4.1.3).
struct ServerHello: Equatable {
    /// The version's number on the wire.
    let version: Int
    let cipher: Int
    /// Whether the session was begun by an earlier connection.
    let isResumed: Bool

    private static let serverHelloMessage = 2
    private static let certificateMessage = 11
    private static let (preSharedKey, supportedVersions) = (41, 43)
    static let tls13 = 0x0304

    /// Nil while it is not all there, or if it is none.
    init?(_ bytes: [UInt8]) {
        var records = ByteReader(bytes[...])
        var messages: [UInt8] = []
        while let header = records.take(3), header.first == ClientHello.handshakeRecord,
            let fragment = records.takeBlock(lengthBytes: 2)
        {
            messages += fragment
        }
        var reader = ByteReader(messages[...])
        guard reader.takeNumber(1) == Self.serverHelloMessage, let body = reader.takeBlock(lengthBytes: 3) else {
            return nil
        }
        var hello = ByteReader(body)
        let randomBytes = 32
        guard var version = hello.takeNumber(2), hello.take(randomBytes) != nil,
            hello.takeBlock(lengthBytes: 1) != nil, let cipher = hello.takeNumber(2), hello.takeNumber(1) != nil
        else { return nil }
        var hasKey = false
        var extensions = ByteReader(hello.takeBlock(lengthBytes: 2) ?? [])
        while let kind = extensions.takeNumber(2), let value = extensions.takeBlock(lengthBytes: 2) {
            if kind == Self.preSharedKey { hasKey = true }
            if kind == Self.supportedVersions { version = value.reduce(0) { $0 << 8 | Int($1) } }
        }
        self.version = version
        self.cipher = cipher
        // Before TLS 1.3, a certificate follows in the same flight unless the session is known.
        isResumed = version == Self.tls13 ? hasKey : reader.takeNumber(1) != Self.certificateMessage
    }

    /// OpenSSL's name.
    var versionName: String {
        [0x0301: "TLSv1", 0x0302: "TLSv1.1", 0x0303: "TLSv1.2", Self.tls13: "TLSv1.3"][version] ?? "unknown"
    }

    /// OpenSSL's name.
    var cipherName: String { Self.cipherNames[cipher] ?? "unknown" }

    private static let cipherNames: [Int: String] = [
        0x1301: "TLS_AES_128_GCM_SHA256", 0x1302: "TLS_AES_256_GCM_SHA384", 0x1303: "TLS_CHACHA20_POLY1305_SHA256",
        0xC02B: "ECDHE-ECDSA-AES128-GCM-SHA256", 0xC02F: "ECDHE-RSA-AES128-GCM-SHA256",
        0xC02C: "ECDHE-ECDSA-AES256-GCM-SHA384", 0xC030: "ECDHE-RSA-AES256-GCM-SHA384",
        0xCCA9: "ECDHE-ECDSA-CHACHA20-POLY1305", 0xCCA8: "ECDHE-RSA-CHACHA20-POLY1305",
        0xC023: "ECDHE-ECDSA-AES128-SHA256", 0xC027: "ECDHE-RSA-AES128-SHA256", 0xC009: "ECDHE-ECDSA-AES128-SHA",
        0xC013: "ECDHE-RSA-AES128-SHA", 0xC00A: "ECDHE-ECDSA-AES256-SHA", 0xC014: "ECDHE-RSA-AES256-SHA",
        0x009C: "AES128-GCM-SHA256", 0x009D: "AES256-GCM-SHA384", 0x002F: "AES128-SHA", 0x0035: "AES256-SHA",
        0x000A: "DES-CBC3-SHA",
    ]
}

/// Stands between the network and TLS until the server's first message has gone by.
final class ServerHelloTap: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let facts: TLSFacts
    private var sent: [UInt8] = []
    /// More than a flight takes of which the beginning is of interest.
    private static let maxBytes = 16 << 10

    init(_ facts: TLSFacts) {
        self.facts = facts
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        sent += unwrapOutboundIn(data).readableBytesView
        facts.hello = ServerHello(sent)
        context.write(data, promise: promise)
    }

    /// Leaves only here: a write comes with a flush, which needs the way through this handler.
    func flush(context: ChannelHandlerContext) {
        context.flush()
        guard facts.hello != nil || sent.count > Self.maxBytes else { return }
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }
}
