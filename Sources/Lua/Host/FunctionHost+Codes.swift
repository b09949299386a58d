// Hashes and ways to write bytes.

import Crypto
import PluginKit
import Wire

extension FunctionHost {
    static let codes: [(name: String, body: Native)] = [
        (
            "md5",
            { _, _, arguments, reply in
                reply.add(hexadecimal(Array(Insecure.MD5.hash(data: arguments.bytes(0) ?? []))))
            }
        ),
        (
            "md5_bin",
            { _, _, arguments, reply in
                reply.add(Array(Insecure.MD5.hash(data: arguments.bytes(0) ?? [])))
            }
        ),
        (
            "sha1_bin",
            { _, _, arguments, reply in
                reply.add(Array(Insecure.SHA1.hash(data: arguments.bytes(0) ?? [])))
            }
        ),
        (
            "hmac_sha1",
            { _, _, arguments, reply in
                let key = SymmetricKey(data: arguments.bytes(0) ?? [])
                let code = HMAC<Insecure.SHA1>.authenticationCode(for: arguments.bytes(1) ?? [], using: key)
                reply.add(Array(code))
            }
        ),
        ("crc32_short", { _, _, arguments, reply in reply.add(Double(checksum(arguments.bytes(0) ?? []))) }),
        (
            "encode_base64",
            { _, _, arguments, reply in
                let text = Base64.encode(arguments.bytes(0) ?? [])
                reply.add(arguments.isTrue(1) ? text.filter { $0 != UInt8(ascii: "=") } : text)
            }
        ),
        ("decode_base64", { _, _, arguments, reply in reply.add(orNil: Base64.decode(arguments.bytes(0) ?? [])) }),
        ("escape_uri", { _, _, arguments, reply in reply.add(escaped(arguments.bytes(0) ?? [])) }),
        (
            "unescape_uri",
            { _, _, arguments, reply in
                let text = arguments.bytes(0) ?? []
                reply.add(PercentText.decoded(text.span, 0..<text.count))
            }
        ),
    ]

    private static func hexadecimal(_ bytes: [UInt8]) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    }

    /// CRC-32 as in zlib.
    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var rest = UInt32.max
        for byte in bytes {
            rest ^= UInt32(byte)
            for _ in 0..<8 { rest = rest >> 1 ^ (rest & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
        return ~rest
    }

    /// Everything is encoded but letters, digits and these, which are OpenResty's.
    private static let unescaped = Set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!'()*".utf8)

    private static func escaped(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        for byte in bytes {
            if unescaped.contains(byte) { text.append(byte) } else { text.append(contentsOf: PercentCode.of(byte)) }
        }
        return text
    }
}
