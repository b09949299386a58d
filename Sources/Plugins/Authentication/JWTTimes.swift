// The claims of a token that say when it is valid (RFC 7519, sections 4.1.4 and 4.1.5).

import Schema

/// What a configuration demands of a token's times.
struct JWTTimes: Sendable {
    let checksExpiry: Bool
    let checksBeginning: Bool
    /// Seconds from now that a token may be valid at most; 0 for any time.
    let maximumExpiry: Double

    /// What is wrong, by claim; nil when nothing is.
    ///
    /// - Parameter now: epoch seconds.
    func fault(_ claims: JSONObject, now: Double) -> JSONObject? {
        var faults = JSONObject()
        if checksBeginning { faults["nbf"] = beginningFault(claims["nbf"], now).map { .string($0) } }
        if checksExpiry { faults["exp"] = expiryFault(claims["exp"], now).map { .string($0) } }
        guard faults.isEmpty else { return faults }
        guard maximumExpiry > 0 else { return nil }
        guard let expiry = claims["exp"]?.number, expiry - now <= maximumExpiry else {
            return ["exp": "exceeds maximum allowed expiration"]
        }
        return nil
    }

    private func beginningFault(_ claim: JSON?, _ now: Double) -> String? {
        guard let beginning = claim?.number else { return "must be a number" }
        return beginning > now ? "token not valid yet" : nil
    }

    private func expiryFault(_ claim: JSON?, _ now: Double) -> String? {
        guard let expiry = claim?.number else { return "must be a number" }
        return expiry <= now ? "token expired" : nil
    }
}
