// What is sent to a name server.

/// One question to the name servers.
package struct DNSQuestion: Sendable, Hashable {
    package let name: String
    package let type: RecordType

    package init(name: String, type: RecordType) {
        self.name = name
        self.type = type
    }
}
