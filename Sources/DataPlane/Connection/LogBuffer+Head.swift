// The access log line of a request whose head is still in its buffer.

extension LogBuffer {
    /// The same line as `append(remoteAddress:...)`, with the parts of the head given as ranges: an optional Span
    /// can't be made from an optional range.
    func append(
        remoteAddress: Span<UInt8>, head: Span<UInt8>, request: Range<Int>?, status: Int, bodyBytesSent: Int,
        referer: Range<Int>?, userAgent: Range<Int>?
    ) {
        let variable = remoteAddress.count + (request?.count ?? 1) + (referer?.count ?? 1) + (userAgent?.count ?? 1)
        line(maximumBytes: 4 * variable + 130) { out, time in
            out.append(remoteAddress)
            out.append(" - - [")
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
}

extension LogChunk {
    fileprivate mutating func append(_ head: Span<UInt8>, _ range: Range<Int>?) {
        if let range { appendEscaped(head.extracting(range)) } else { append("-") }
    }
}
