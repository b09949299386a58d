// AWS Signature Version 4: a request is signed with a key that is derived from the secret for one day, region and
// service. Pure, so that the published test vectors can be held against it.

import Wire

/// Who signs, and for what.
package struct AWSSignature: Sendable {
    private let accessKey: [UInt8]
    private let secret: [UInt8]
    private let region: String
    private let service: String

    package init(accessKey: String, secret: String, region: String, service: String) {
        self.accessKey = Array(accessKey.utf8)
        self.secret = Array(secret.utf8)
        self.region = region
        self.service = service
    }

    /// A request as it is to be sent.
    package struct Request {
        let method: String
        let path: [UInt8]
        let query: [(name: [UInt8], value: [UInt8])]
        let headers: [(name: String, value: [UInt8])]
        let body: [UInt8]

        /// - Parameters:
        ///   - path: as it is sent.
        ///   - query: names and values, not encoded.
        ///   - headers: all that are to be signed; among them Host and X-Amz-Date.
        package init(
            method: String, path: [UInt8], query: [(name: [UInt8], value: [UInt8])],
            headers: [(name: String, value: [UInt8])], body: [UInt8]
        ) {
            self.method = method
            self.path = path
            self.query = query
            self.headers = headers
            self.body = body
        }
    }

    private static let algorithm = "AWS4-HMAC-SHA256"

    /// The value of the Authorization header.
    ///
    /// - Parameter time: what X-Amz-Date says.
    package func authorization(for request: Request, at time: AWSTime) -> [UInt8] {
        let (canonical, signedHeaders) = Self.canonical(request)
        let scope = "\(time.day)/\(region)/\(service)/aws4_request"
        let head = "\(Self.algorithm)\n\(time.text)\n\(scope)\n"
        let textToSign = Array(head.utf8) + Digest.hex(Digest.sha256(canonical))
        let signature = Digest.hex(KeyedDigest.sha256.sign(textToSign, with: key(for: time.day)))
        return Array("\(Self.algorithm) Credential=".utf8) + accessKey
            + Array("/\(scope), SignedHeaders=\(signedHeaders), Signature=".utf8) + signature
    }

    private func key(for day: String) -> [UInt8] {
        [day, region, service, "aws4_request"].reduce(Array("AWS4".utf8) + secret) { key, part in
            KeyedDigest.sha256.sign(Array(part.utf8), with: key)
        }
    }

    /// The request in the form in which both sides look at it.
    private static func canonical(_ request: Request) -> (text: [UInt8], signedHeaders: String) {
        let headers = request.headers.map { ($0.name.lowercased(), trimmed($0.value)) }.sorted { $0.0 < $1.0 }
        let signedHeaders = headers.map(\.0).joined(separator: ";")
        var text = Array("\(request.method)\n".utf8)
        text += escaped(request.path, keepingSlashes: true) + [Ascii.lineFeed]
        text += query(request.query) + [Ascii.lineFeed]
        for (name, value) in headers { text += Array("\(name):".utf8) + value + [Ascii.lineFeed] }
        text += Array("\n\(signedHeaders)\n".utf8)
        return (text + Digest.hex(Digest.sha256(request.body)), signedHeaders)
    }

    /// The arguments in the order of their encoded names, as they are sent as well.
    static func query(_ arguments: [(name: [UInt8], value: [UInt8])]) -> [UInt8] {
        let written = arguments.map { escaped($0.name) + [UInt8(ascii: "=")] + escaped($0.value) }
        return Array(written.sorted { $0.lexicographicallyPrecedes($1) }.joined(separator: [UInt8(ascii: "&")]))
    }

    /// Everything but RFC 3986's unreserved characters as `%XX`.
    static func escaped(_ text: [UInt8], keepingSlashes: Bool = false) -> [UInt8] {
        var result: [UInt8] = []
        for byte in text {
            if isUnreserved(byte) || keepingSlashes && byte == Ascii.slash {
                result.append(byte)
            } else {
                result += [Ascii.percent, digit(byte >> 4), digit(byte & 15)]
            }
        }
        return result
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        Ascii.isLetter(byte) || Ascii.isDigit(byte) || "-._~".utf8.contains(byte)
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? Ascii.zero + value : UInt8(ascii: "A") + value - 10
    }

    /// Without blanks around it, and with one blank for several.
    private static func trimmed(_ value: [UInt8]) -> [UInt8] {
        Array(value.split(separator: Ascii.space).joined(separator: [Ascii.space]))
    }
}
