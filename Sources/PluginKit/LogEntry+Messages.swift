// The request and the response in a log entry.

import NIOCore
import Wire

extension LogEntry {
    static func writeRequest(_ x: Exchange, _ facts: LogFacts, to text: inout EntryText) {
        let request = x.request
        let buffer = request.bytes
        let uri = buffer.readableBytesUInt8Span.extracting(request.head.uri.range)
        text.open()
        text.member("uri", uri)
        text.name("url")
        text.append(x.isTLS ? #""https:\/\/"# : #""http:\/\/"#)
        text.part(facts.host.span)
        text.append(":")
        text.digits(Int64(x.serverPort))
        text.part(uri)
        text.append(#"""#)
        text.name("querystring")
        arguments(facts.isErrorPage ? nil : request.query).write(to: &text)
        writeMethod(request, facts, to: &text)
        text.name("headers")
        headers(of: request).write(to: &text)
        text.member("size", numberText: request.receivedBytes)
        text.close()
    }

    private static func writeMethod(_ request: ExchangeRequest, _ facts: LogFacts, to text: inout EntryText) {
        if facts.isErrorPage, request.head.method != .head { return text.member("method", text: Array("GET".utf8)) }
        text.member("method", text: request.methodName)
    }

    private static func arguments(_ query: [UInt8]?) -> EntryMembers {
        var members = EntryMembers()
        guard let query else { return members }
        QueryArguments.forEachVisible(in: query.span) { members.add(argument: $0, $1) }
        return members
    }

    /// As plugins left them: nginx keeps no copy of what was received.
    private static func headers(of request: ExchangeRequest) -> EntryMembers {
        var members = EntryMembers()
        let buffer = request.bytes
        let bytes = buffer.readableBytesUInt8Span
        let fields = request.head.fields
        for index in 0..<fields.count {
            let field = fields[index]
            let name = bytes.extracting(field.name.range)
            if request.edits.hides(name, field.known) { continue }
            members.add(header: name, bytes.extracting(field.value.range))
        }
        request.edits.forEachAddition { members.add(header: $0.span, $1.span) }
        return members
    }

    static func writeResponse(_ x: Exchange, _ facts: LogFacts, to text: inout EntryText) {
        text.open()
        text.member("status", number: Int64(x.response.status))
        text.name("headers")
        sentHeaders(facts).write(to: &text)
        text.member("size", numberText: x.response.bytesSent)
        text.close()
    }

    private static func sentHeaders(_ facts: LogFacts) -> EntryMembers {
        var members = EntryMembers()
        // Whose client was gone before an answer: OpenResty tells how the connection would have ended.
        if facts.sentHead.isEmpty { members.add(header: connection.span, close.span) }
        let head = facts.sentHead.span
        var start = place(of: Ascii.lineFeed, in: head, 0, head.count) + 1
        while start < head.count {
            let end = place(of: Ascii.lineFeed, in: head, start, head.count)
            let colon = place(of: Ascii.colon, in: head, start, end)
            if colon < end { add(head, start, colon, end, facts, to: &members) }
            start = end + 1
        }
        return members
    }

    private static func add(
        _ head: Span<UInt8>, _ start: Int, _ colon: Int, _ end: Int, _ facts: LogFacts, to members: inout EntryMembers
    ) {
        let name = head.extracting(start..<colon)
        if facts.ownsDate, name.equalsIgnoringCase("date") { return }
        var first = colon + 1
        while first < end, Ascii.isBlank(head[first]) { first += 1 }
        members.add(
            header: name, head.extracting(first..<place(of: Ascii.carriageReturn, in: head, first, end)))
    }

    /// Where the byte comes first between two places; the later one if it does not.
    private static func place(of byte: UInt8, in head: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
        var place = start
        while place < end, head[place] != byte { place &+= 1 }
        return place
    }

    private static let connection = Array("connection".utf8)
    private static let close = Array("close".utf8)
}
