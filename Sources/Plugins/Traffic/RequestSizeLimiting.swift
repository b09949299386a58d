// request-size-limiting: refuses requests with a body above a size.
//
// The announced length counts. A body of unknown length is only measured where plugins can see it at all, which is
// below any limit of a MiB: a longer chunked body passes, as in Kong.

import NIOCore
import PluginKit
import Schema
import Wire

/// Refuses large requests.
package struct RequestSizeLimiting: AccessPhase {
    package static let declaration = PluginDeclaration(
        name: "request-size-limiting", version: "1.0.0", priority: 951, config: Config.schema)

    package struct Config: Declared {
        package var allowedPayloadSize = 128

        package init() {}

        package static let fields: [Field<Self>] = [
            Field("allowed_payload_size", \.allowedPayloadSize, doc: "The largest body in MiB.")
        ]
    }

    private static let bytesPerMebibyte = 1_048_576.0
    private static let tooLarge = Response.message(413, "Request size limit exceeded")
    /// For a client that asked first whether to send the body.
    private static let unexpected = Response.message(417, "Request size limit exceeded")

    /// Only a limit of nothing can be exceeded by a body that plugins see.
    package var readsBody: Bool { limit <= 0 }
    private let limit: Double

    package init(_ config: Config, _ setup: Setup) {
        limit = Double(config.allowedPayloadSize) * Self.bytesPerMebibyte
    }

    package func access(_ x: Exchange) -> Verdict {
        guard let size = size(x), Double(size) > limit else { return .next }
        return .respond(x.request.head.expectsContinue ? Self.unexpected : Self.tooLarge)
    }

    private func size(_ x: Exchange) -> UInt64? {
        if let replaced = x.request.replacedBody { return UInt64(replaced.count) }
        if case .length(let length) = x.request.head.framing { return length }
        if case .whole(let body) = x.request.body { return UInt64(body.readableBytes) }
        return nil
    }
}
