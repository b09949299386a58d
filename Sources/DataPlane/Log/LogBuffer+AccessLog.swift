// The lines of the access logs: nginx's `combined` format for HTTP, Kong's `basic` format for streams.

extension LogBuffer {
    /// Appends `$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer"
    /// "$http_user_agent"`. A field that is nil (no such header, no user) is written as `-`; one that is there but
    /// empty stays empty, as in nginx.
    ///
    /// - Parameters:
    ///   - request: the request line as received, without its end of line.
    ///   - bodyBytesSent: bytes of the answer's body as sent, chunk framing not counted.
    package func append(
        remoteAddress: Span<UInt8>, remoteUser: Span<UInt8>?, request: Span<UInt8>?, status: Int,
        bodyBytesSent: Int, referer: Span<UInt8>?, userAgent: Span<UInt8>?
    ) {
        if isOff { return }
        let variable =
            remoteAddress.count + (remoteUser?.count ?? 1) + (request?.count ?? 1) + (referer?.count ?? 1)
            + (userAgent?.count ?? 1)
        // An escaped byte takes four; 128 holds the time (26), the numbers (40) and the punctuation (20).
        line(maximumBytes: 4 * variable + 128) { out, time in
            out.append(remoteAddress)
            out.append(" - ")
            out.append(field: remoteUser)
            out.append(" [")
            out.append(time.span)
            out.append("] \"")
            out.append(field: request)
            out.append("\" ")
            out.append(decimal: status, width: 3)
            out.append(" ")
            out.append(decimal: bodyBytesSent)
            out.append(" \"")
            out.append(field: referer)
            out.append("\" \"")
            out.append(field: userAgent)
            out.append("\"")
        }
    }

    /// Appends `$remote_addr [$time_local] $protocol $status $bytes_sent $bytes_received $session_time`.
    ///
    /// - Parameter protocolName: `TCP` or `UDP`.
    package func append(
        remoteAddress: Span<UInt8>, protocolName: StaticString, status: Int, bytesSent: Int, bytesReceived: Int,
        sessionMilliseconds: Int
    ) {
        if isOff { return }
        line(maximumBytes: 4 * remoteAddress.count + protocolName.utf8CodeUnitCount + 160) { out, time in
            out.append(remoteAddress)
            out.append(" [")
            out.append(time.span)
            out.append("] ")
            out.append(protocolName)
            out.append(" ")
            out.append(decimal: status, width: 3)
            out.append(" ")
            out.append(decimal: bytesSent)
            out.append(" ")
            out.append(decimal: bytesReceived)
            out.append(" ")
            out.append(decimal: sessionMilliseconds / 1000)
            out.append(".")
            out.append(decimal: sessionMilliseconds % 1000, width: 3)
        }
    }
}

extension LogChunk {
    fileprivate mutating func append(field: Span<UInt8>?) {
        if let field { appendEscaped(field) } else { append("-") }
    }
}
