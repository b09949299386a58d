// The lines of the access logs: nginx's `combined` format for HTTP, Kong's `basic` format for streams.

extension LogBuffer {
    /// Appends `$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer"
    /// "$http_user_agent"`. A field that is nil (no such header, no user) is written as `-`; one that is there but
    /// empty stays empty, as in nginx.
    ///
    /// - Parameters:
    ///   - head: the request's head, of which `request`, `referer` and `userAgent` are ranges: an optional Span can't
    ///     be made from an optional range.
    ///   - request: the request line without its end of line.
    ///   - bodyBytesSent: bytes sent besides the answer's head, the chunked coding included.
    package func append(
        remoteAddress: Span<UInt8>, remoteUser: [UInt8]?, head: Span<UInt8>, request: Range<Int>?, status: Int,
        bodyBytesSent: Int, referer: Range<Int>?, userAgent: Range<Int>?
    ) {
        if isOff { return }
        let variable =
            remoteAddress.count + (remoteUser?.count ?? 1) + (request?.count ?? 1) + (referer?.count ?? 1)
            + (userAgent?.count ?? 1)
        // An escaped byte takes four; 128 holds the time (26), the numbers (40) and the punctuation (20).
        line(maximumBytes: 4 * variable + 128) { out, time in
            out.append(remoteAddress)
            out.append(" - ")
            if let remoteUser { out.appendEscaped(remoteUser.span) } else { out.append("-") }
            out.append(" [")
            out.append(time.span)
            out.append("] \"")
            out.append(head, request)
            out.append("\" ")
            out.append(decimal: status, width: 3)
            out.append(" ")
            out.append(decimal: bodyBytesSent)
            out.append(" \"")
            out.append(head, referer)
            out.append("\" \"")
            out.append(head, userAgent)
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
    fileprivate mutating func append(_ head: Span<UInt8>, _ range: Range<Int>?) {
        if let range { appendEscaped(head.extracting(range)) } else { append("-") }
    }
}
