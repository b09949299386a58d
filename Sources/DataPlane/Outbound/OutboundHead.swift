// The request of a call as bytes.

import NIOCore
import PluginKit
import Wire

package enum OutboundHead {
    /// Writes the head and the body. Host, User-Agent and Content-Length are added where they are missing; what a
    /// server would take for the end of a line is left out of values.
    package static func write(_ request: OutboundRequest, to out: inout ByteBuffer) {
        out.writeString(request.method)
        out.writeInteger(UInt8(ascii: " "))
        out.writeBytes(request.target)
        out.writeStaticString(" HTTP/1.1\r\n")
        if !has("host", request) { writeLine("Host", host(request), to: &out) }
        for (name, value) in request.headers { writeLine(name, value, to: &out) }
        // Some servers refuse who does not say what it is.
        if !has("user-agent", request) { out.writeStaticString("User-Agent: kong/1.1.2\r\n") }
        let announcesBody = !request.body.isEmpty || !["GET", "HEAD", "DELETE"].contains(request.method)
        if announcesBody, !has("content-length", request) {
            writeLine("Content-Length", Array(String(request.body.count).utf8), to: &out)
        }
        out.writeLineEnd()
        out.writeBytes(request.body)
    }

    private static func has(_ name: String, _ request: OutboundRequest) -> Bool {
        request.headers.contains { $0.name.lowercased() == name }
    }

    private static func host(_ request: OutboundRequest) -> [UInt8] {
        let (host, port) = (request.peer.host, request.peer.port)
        let written = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
        let isUsual = port == (request.usesTLS ? 443 : 80)
        return Array((isUsual ? written : "\(written):\(port)").utf8)
    }

    private static func writeLine(_ name: String, _ value: [UInt8], to out: inout ByteBuffer) {
        out.writeString(name)
        out.writeStaticString(": ")
        if value.contains(where: isControl) {
            out.writeBytes(value.filter { !isControl($0) })
        } else {
            out.writeBytes(value)
        }
        out.writeLineEnd()
    }

    private static func isControl(_ byte: UInt8) -> Bool {
        byte == 0x0D || byte == 0x0A || byte == 0
    }
}
