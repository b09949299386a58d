// Which certificate a client is shown for the name it asks for.

import DataPlane
import Testing

struct ServerNamesTests {
    private let exact: TLSIdentity
    private let wild: TLSIdentity
    private let names: ServerNames

    init() throws {
        exact = try SampleIdentity.make()
        wild = try SampleIdentity.make()
        names = ServerNames([
            ("one.test", exact), ("Upper.Test", exact), ("*.example.com", wild), ("in.example.com", exact),
        ])
    }

    private func found(_ name: String) -> TLSIdentity? {
        names.identity(for: Array(name.utf8))
    }

    @Test func `a name has its own certificate`() {
        #expect(found("one.test") === exact)
        #expect(found("two.test") == nil)
        #expect(found("sub.one.test") == nil)
        #expect(found("") == nil)
        #expect(ServerNames().identity(for: Array("one.test".utf8)) == nil)
    }

    @Test func `names do not depend on case`() {
        #expect(found("ONE.test") === exact)
        #expect(found("upper.test") === exact)
        #expect(found("A.EXAMPLE.com") === wild)
    }

    @Test func `a wildcard stands for one label`() {
        #expect(found("a.example.com") === wild)
        #expect(found("a.b.example.com") == nil)
        #expect(found("example.com") == nil)
        #expect(found(".example.com") == nil)
    }

    @Test func `an exact name comes before a wildcard`() {
        #expect(found("in.example.com") === exact)
    }

    @Test func `texts that can't be served are refused`() {
        #expect(throws: (any Error).self) {
            try TLSIdentity(certificate: "", key: SampleIdentity.key, policy: TLSPolicy())
        }
        #expect(throws: (any Error).self) {
            try TLSIdentity(certificate: SampleIdentity.certificate, key: "x", policy: TLSPolicy())
        }
        var policy = TLSPolicy()
        policy.ciphers = []
        #expect(throws: TLSFault.self) { try SampleIdentity.make(policy) }
    }
}
