// Which clients have to be kept to the gateway's order of ciphers.

import DataPlane
import Testing

struct CipherPreferenceTests {
    private static let names = Dictionary(uniqueKeysWithValues: TLSCipher.all.map { ($0.name, $0.number) })
    private static let (strong, other) = ("ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-AES128-GCM-SHA256")
    /// The algorithm of a public key, as certificates name it.
    private static let rsa: [UInt8] = [0x30, 0x0D, 6, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 1, 5, 0]
    private static let ecdsa: [UInt8] = [0x30, 0x13, 6, 7, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 2, 1]

    private func correction(
        _ ours: [String], _ theirs: [String], version: Int = 0x0303, groups: [Int] = [29], key: [UInt8] = Self.rsa
    ) -> String? {
        var policy = TLSPolicy()
        policy.ciphers = CipherList.ciphers(of: ours.joined(separator: ":"))
        var hello = ClientHello()
        hello.newestVersion = version
        hello.ciphers = theirs.compactMap { Self.names[$0] }
        hello.groups = groups
        return CipherPreference(policy, publicKey: key).correction(for: hello)?.name
    }

    @Test func `a client with another order is kept to ours`() {
        #expect(correction([Self.strong, Self.other], [Self.other, Self.strong]) == Self.strong)
        #expect(correction([Self.other, Self.strong], [Self.strong, Self.other]) == Self.other)
    }

    @Test func `a client that comes to our choice by itself is left alone`() {
        #expect(correction([Self.strong, Self.other], [Self.strong, Self.other]) == nil)
        #expect(correction([Self.strong, Self.other], [Self.other]) == nil)
        #expect(correction([Self.strong], ["AES128-SHA", Self.strong]) == nil)
        #expect(correction([Self.strong], ["AES128-SHA"]) == nil)
    }

    @Test func `ciphers for another kind of key do not count`() {
        let ours = ["ECDHE-ECDSA-AES256-GCM-SHA384", Self.strong, Self.other, "ECDHE-ECDSA-AES128-GCM-SHA256"]
        #expect(correction(ours, ours.reversed()) == Self.strong)
        #expect(correction(ours, ours.reversed(), key: Self.ecdsa) == ours[0])
    }

    @Test func `a client without a group that is known here does not exchange keys by it`() {
        let ours = [Self.strong, "AES256-SHA", "AES128-SHA"]
        let theirs = [Self.other, "AES128-SHA", "AES256-SHA", Self.strong]
        #expect(correction(ours, theirs) == Self.strong)
        #expect(correction(ours, theirs, groups: []) == "AES256-SHA")
        #expect(correction(ours, theirs, groups: [25, 30]) == "AES256-SHA")
        #expect(correction(ours, theirs, groups: [25, 24]) == Self.strong)
    }

    @Test func `before TLS 1.2 only ciphers of that time count`() {
        let ours = [Self.strong, "AES256-SHA", "AES128-SHA"]
        #expect(correction(ours, ["AES128-SHA", "AES256-SHA", Self.strong], version: 0x0302) == "AES256-SHA")
    }

    @Test func `TLS 1.3 has an order of its own`() {
        let (ours, theirs) = ([Self.strong, Self.other], [Self.other, Self.strong])
        #expect(correction(ours, theirs, version: 0x0304) == nil)
    }
}
