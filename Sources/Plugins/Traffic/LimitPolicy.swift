// Settings that the limiting plugins share: where is counted, and for whom.

import PluginKit
import Schema

/// Where requests are counted.
package enum LimitPolicy: String, Choice {
    /// On each node for itself.
    case local
    /// In the database.
    case cluster
    case redis

    /// What counting in Redis needs.
    static let checks: [EntityCheck] = ["redis_host", "redis_port", "redis_timeout"].map { setting in
        .conditional(if: "config.policy", .equals("redis"), then: "config.\(setting)", .required)
    }
}

/// Whose requests are counted together.
package enum LimitIdentity: String, Choice {
    case consumer, credential, ip

    /// Whom a request is counted for; the address where there is nobody.
    func identifier(_ x: Exchange) -> [UInt8] {
        switch self {
        case .consumer: x.consumer?.id ?? credentialID(x) ?? x.clientAddress
        case .credential: credentialID(x) ?? x.clientAddress
        case .ip: x.clientAddress
        }
    }

    /// A credential that is not stored here, such as one that an LDAP server knows, has no id.
    private func credentialID(_ x: Exchange) -> [UInt8]? {
        x.credential.flatMap { $0.id.isEmpty ? nil : $0.id }
    }
}
