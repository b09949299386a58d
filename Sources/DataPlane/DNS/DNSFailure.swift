// Why a name has no address, in Kong's words, since its log and its users' alerts know them.

/// The outcome of a failed resolution.
package struct DNSFailure: Error, Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// The name does not exist (response code 3).
        case nameError
        /// The name exists, without a record of the types asked for.
        case empty
        /// A server answered with another error.
        case server
        /// No server answered, or the answer was no DNS message.
        case transport
        /// The name leads back to itself.
        case recursion
        /// Only the cache was to be asked.
        case notCached
        /// The node is stopping.
        case stopped
    }

    package let kind: Kind
    package let message: String

    /// Kong answers 503 `name resolution failed` for these and 500 `An unexpected error occurred` for all others.
    package var isUnresolvable: Bool { kind == .nameError || kind == .empty }

    package init(kind: Kind, message: String) {
        self.kind = kind
        self.message = message
    }

    static let empty = DNSFailure(kind: .empty, message: "dns client error: 101 empty record received")
    static let recursion = DNSFailure(kind: .recursion, message: "recursion detected")
    static let stopped = DNSFailure(kind: .stopped, message: "the resolver is shut down")

    /// For a caller that may not wait for DNS, such as a retry of a request.
    package static let notCached = DNSFailure(
        kind: .notCached, message: "dns client error: 100 cache only lookup failed")

    static func server(_ code: Int) -> DNSFailure {
        let names = [1: "format error", 2: "server failure", 3: "name error", 4: "not implemented", 5: "refused"]
        let message = "dns server error: \(code) \(names[code] ?? "unknown")"
        return DNSFailure(kind: code == 3 ? .nameError : .server, message: message)
    }

    static func transport(_ server: DNSServer, _ reason: String) -> DNSFailure {
        DNSFailure(kind: .transport, message: "failed to receive reply from UDP server \(server): \(reason)")
    }
}
