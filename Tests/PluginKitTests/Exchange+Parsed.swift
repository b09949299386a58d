// Exchanges for tests, made from the text of a request head.

import NIOCore
import PluginKit
import Testing
import Wire

extension Exchange {
    /// An exchange whose head is this text, with `\n` for line ends and the empty line added.
    static func parsed(_ head: String, body: String? = nil) -> Exchange {
        let x = Exchange()
        let text = head.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n") + "\r\n\r\n"
        x.request.bytes = ByteBuffer(string: text)
        let result = x.request.head.parse(Array(text.utf8).span, limits: HeadLimits())
        #expect(result == .complete)
        if let body { x.request.body = .whole(ByteBuffer(string: body)) }
        return x
    }

    /// The value of a header as the upstream gets it.
    func upstreamHeader(_ name: HeaderName) -> String? {
        request.header(name).map { String(decoding: $0, as: UTF8.self) }
    }
}
