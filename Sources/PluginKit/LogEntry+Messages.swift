// The request and the response in a log entry.

import NIOCore
import Wire

extension LogEntry {
    static func writeRequest(_ x: Exchange, _ facts: LogFacts, to text: inout EntryText) {
        let request = x.request
        let uri = request.copy(request.head.uri)
        text.open()
        text.member("uri", text: uri)
        var url = Array((x.isTLS ? "https://" : "http://").utf8) + facts.host
        url += Array(":\(x.serverPort)".utf8)
        url += uri
        text.member("url", text: url)
        text.name("querystring")
        arguments(facts.isErrorPage ? nil : request.query).write(to: &text)
        writeMethod(request, facts, to: &text)
        text.name("headers")
        headers(of: request).write(to: &text)
        text.member("size", numberText: facts.receivedBytes)
        text.close()
    }

    private static func writeMethod(_ request: ExchangeRequest, _ facts: LogFacts, to text: inout EntryText) {
        if facts.isErrorPage, request.head.method != .head { return text.member("method", text: Array("GET".utf8)) }
        text.member("method", text: request.methodName)
    }

    private static func arguments(_ query: [UInt8]?) -> EntryMembers {
        var members = EntryMembers()
        guard let query else { return members }
        QueryArguments.forEachVisible(in: query.span) { members.add($0, $1) }
        return members
    }

    /// As plugins left them: nginx keeps no copy of what was received.
    private static func headers(of request: ExchangeRequest) -> EntryMembers {
        var members = EntryMembers()
        let buffer = request.bytes
        let bytes = buffer.readableBytesUInt8Span
        for index in 0..<request.head.fields.count {
            let field = request.head.fields[index]
            if request.edits.hides(bytes.extracting(field.name.range), field.known) { continue }
            members.add(request.copy(field.name).map(Ascii.lowercased), request.copy(field.value))
        }
        request.edits.forEachAddition { members.add($0.map(Ascii.lowercased), Array($1)) }
        return members
    }

    static func writeResponse(_ x: Exchange, _ facts: LogFacts, to text: inout EntryText) {
        text.open()
        text.member("status", number: Int64(x.response.status))
        text.name("headers")
        sentHeaders(facts).write(to: &text)
        let bytes = UInt64(max(x.response.headBytesSent, 0)) + x.response.bodyBytesSent + facts.framingBytes
        text.member("size", numberText: bytes)
        text.close()
    }

    private static func sentHeaders(_ facts: LogFacts) -> EntryMembers {
        var members = EntryMembers()
        // Whose client was gone before an answer: OpenResty tells how the connection would have ended.
        if facts.sentHead.isEmpty { members.add(connection, close) }
        for line in facts.sentHead.split(separator: Ascii.lineFeed).dropFirst() {
            guard let colon = line.firstIndex(of: Ascii.colon) else { continue }
            let name = line[..<colon].map(Ascii.lowercased)
            if facts.ownsDate, name == date { continue }
            members.add(
                name, Array(line[(colon + 1)...].drop { Ascii.isBlank($0) }.prefix { $0 != Ascii.carriageReturn }))
        }
        return members
    }

    private static let connection = Array("connection".utf8)
    private static let close = Array("close".utf8)
    private static let date = Array("date".utf8)
}
