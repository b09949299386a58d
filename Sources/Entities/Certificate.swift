// Certificates with their keys, for TLS from clients. The names they are for are rows of their own (SNI).

import Schema

package struct Certificate: Entity {
    package var id = ""
    package var createdAt = 0
    /// PEM, as the key.
    package var cert = ""
    package var key = ""
    package var tags: DistinctList<String>?

    package init() {}

    package static let name = "certificates"

    package static let fields: [Field<Certificate>] = [
        .id(\.id),
        .createdAt(\.createdAt),
        Field("cert", \.cert, .required, .certificate, doc: "The certificate, and its chain, as PEM."),
        Field("key", \.key, .required, .privateKey, doc: "The private key as PEM."),
        .tags(\.tags),
    ]

    package static let checks: [EntityCheck] = [
        .custom(["cert", "key"]) { row, context in
            guard let cert = row["cert"]?.string, let key = row["key"]?.string else { return nil }
            return context.syntax.isPair(cert, key) ? nil : "certificate does not match key"
        }
    ]
}
