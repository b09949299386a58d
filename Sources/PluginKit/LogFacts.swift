// What log entries tell of a request and nobody else asks for. It is noted only where a plugin of the chain says that
// it writes entries, so that other requests do not pay for it.

/// One attempt to get an answer from upstream.
package struct LogTry: Sendable, Equatable {
    /// The address without brackets.
    package let ip: [UInt8]
    /// Nil for a socket that is a file.
    package let port: Int?
    /// When the address was chosen, in milliseconds since the epoch.
    package let startedAt: Int64
    /// The status that stands for its failure, where another attempt followed; nil for the last one.
    package var failedWith: Int?

    package init(ip: [UInt8], port: Int?, startedAt: Int64, failedWith: Int? = nil) {
        self.ip = ip
        self.port = port
        self.startedAt = startedAt
        self.failedWith = failedWith
    }
}

/// What the data plane notes of a request for its log entry.
package struct LogFacts: Sendable {
    /// nginx' $host: in lower case, without port and without the dot at the end.
    package var host: [UInt8] = []
    /// Nil where only the client's address is known, as behind a proxy that tells it.
    package var clientPort: Int?
    /// Whether the answer is an error page of the proxy layer. nginx makes another request of it, by GET and without a
    /// query, and that is what entries show.
    package var isErrorPage = false
    /// Path and query for the upstream. Empty where no route matched; nil for a route without a service, which leaves
    /// the variable unset.
    package var upstreamURI: [UInt8]?
    /// Nil where no route matched.
    package var tries: [LogTry]?
    /// The name or address by which the last try's peer was found.
    package var peerName: [UInt8]?
    /// The head that the client was sent, from the status line to the empty line.
    package var sentHead: [UInt8] = []
    /// Whether the Date in it is the gateway's: nginx writes its own while it sends the head, so that entries do not
    /// know it.
    package var ownsDate = false
    /// The time that the gateway took, and that for which the upstream was waited for, in milliseconds; the latter is
    /// -1 when no upstream answered.
    package var kongMilliseconds: Int64 = 0
    package var waitedMilliseconds: Int64 = -1

    package init() {}
}
