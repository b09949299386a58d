// The entry that logging plugins write for a request: what Kong's basic serializer makes of it. It is made once for a
// request, when the first of its plugins asks.

/// Makes log entries.
package enum LogEntry {
    /// The entry of a request that is over, as JSON without a line end. Who asks for it has `LogPhase.logsEntries`:
    /// without that some of what it tells was not noted.
    package static func json(of x: Exchange) -> [UInt8] {
        if let made = x.logEntry { return made }
        var text = EntryText(capacity: 2048)
        text.open()
        writeMessages(x, x.logFacts ?? LogFacts(), to: &text)
        writeSubjects(x, to: &text)
        text.close()
        x.logEntry = text.bytes
        return text.bytes
    }

    private static func writeMessages(_ x: Exchange, _ facts: LogFacts, to text: inout EntryText) {
        let requestMilliseconds = max(x.nowMilliseconds - x.startedAtMilliseconds, 0)
        text.name("latencies")
        text.open()
        text.member("request", number: requestMilliseconds)
        text.member("kong", number: facts.kongMilliseconds)
        text.member("proxy", number: facts.waitedMilliseconds)
        text.close()
        text.name("request")
        writeRequest(x, facts, to: &text)
        text.name("response")
        writeResponse(x, facts, to: &text)
        if let tries = facts.tries { write(tries, to: &text) }
        if let uri = facts.upstreamURI { text.member("upstream_uri", text: uri) }
        text.member("client_ip", text: x.clientAddress)
        text.member("started_at", number: x.startedAtMilliseconds)
    }

    private static func writeSubjects(_ x: Exchange, to text: inout EntryText) {
        if let route = x.route { text.member("route", json: route.entryText.bytes) }
        if let service = x.service { text.member("service", json: service.entryText.bytes) }
        if let consumer = x.consumer { text.member("consumer", json: consumer.entryText.bytes) }
        if let credential = x.credential {
            text.name("authenticated_entity")
            text.open()
            // A credential that an LDAP server knows has none.
            if !credential.id.isEmpty { text.member("id", text: credential.id) }
            text.close()
        }
    }

    private static func write(_ tries: [LogTry], to text: inout EntryText) {
        text.name("tries")
        // Kong's encoder can't tell an empty list from an empty object.
        if tries.isEmpty { return text.append("{}") }
        text.append("[")
        for (place, each) in tries.enumerated() {
            if place > 0 { text.append(",") }
            text.open()
            if let code = each.failedWith {
                text.member("code", number: Int64(code))
                text.name("state")
                text.append(#""failed""#)
            }
            text.member("balancer_latency", number: 0)
            text.member("balancer_start", number: each.startedAt)
            text.member("ip", text: each.ip)
            if let port = each.port { text.member("port", number: Int64(port)) }
            text.close()
        }
        text.append("]")
    }
}
