// OpenSSL's cipher lists.

import DataPlane
import Testing

struct CipherListTests {
    private func names(_ list: String) -> [String] {
        CipherList.ciphers(of: list).map(\.name)
    }

    @Test func `named ciphers keep their order`() {
        #expect(
            names("ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256")
                == ["ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-AES128-GCM-SHA256"])
        #expect(names("AES128-SHA AES256-SHA,AES128-SHA") == ["AES128-SHA", "AES256-SHA"])
    }

    @Test func `what the library does not have is left out`() {
        #expect(names("DHE-RSA-AES128-SHA:ECDHE-RSA-AES256-SHA384:RC4-MD5:AES128-SHA") == ["AES128-SHA"])
        #expect(names("nonsense:TLS_AES_128_GCM_SHA256") == [])
        #expect(names("") == [])
    }

    @Test func `groups that are joined must all hold`() {
        #expect(names("ECDHE+aRSA+AESGCM") == ["ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384"])
        #expect(names("EECDH+CHACHA20").count == 2)
        #expect(names("+") == [])
    }

    @Test func `an exclamation mark forbids for good and a minus until later`() {
        #expect(names("!AES128-SHA:AES128-SHA:AES256-SHA") == ["AES256-SHA"])
        #expect(names("AES128-SHA:AES256-SHA:-AES128-SHA:AES128-SHA") == ["AES256-SHA", "AES128-SHA"])
        #expect(!names("ALL:!kRSA").contains("AES128-SHA"))
        #expect(names("HIGH:!ALL") == [])
    }

    @Test func `a plus moves to the end`() {
        #expect(names("AES128-SHA:AES256-SHA:+AES128") == ["AES256-SHA", "AES128-SHA"])
    }

    @Test func `commands are no ciphers`() {
        #expect(names("DEFAULT@SECLEVEL=1:@STRENGTH:AES128-SHA") == ["AES128-SHA"])
    }

    @Test func `ciphers of the kind that Mozilla recommends are known as such`() {
        #expect(TLSCipher.all.filter(\.isRecommended).count == 6)
        #expect(TLSCipher.all.allSatisfy { !($0.isRecommended && $0.worksBeforeTLS12) })
    }
}
