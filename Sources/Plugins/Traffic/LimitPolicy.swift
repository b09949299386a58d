// Settings that the limiting plugins share: where is counted, and for whom.

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
}
