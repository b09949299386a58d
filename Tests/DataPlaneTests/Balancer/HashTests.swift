// What hashing works on: the checksum and the cookie.

import DataPlane
import Testing

struct HashTests {
    @Test(arguments: [("", UInt32(0)), ("123456789", 0xCBF4_3926), ("127.0.0.1", 0xD7B7_E7A8)])
    func `the checksum is CRC-32`(_ text: String, _ checksum: UInt32) {
        #expect(CRC32.checksum(Array(text.utf8)) == checksum)
    }

    @Test(
        arguments: [
            ("shard=one", "one"), ("other=x; shard=two", "two"), ("shard=; a=b", ""), ("xshard=1; shards=2", nil),
            ("a=b;shard=c=d", "c=d"), ("", nil), ("shard", nil), ("shard=1; shard=2", "1"),
        ] as [(String, String?)])
    func `a cookie is found by its whole name`(_ header: String, _ value: String?) {
        let found = CookieText.value(of: Array("shard".utf8), in: Array(header.utf8))
        #expect(found.map { String(decoding: $0, as: UTF8.self) } == value)
    }
}
