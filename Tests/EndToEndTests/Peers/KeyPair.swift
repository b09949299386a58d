// Certificates for tests, made by openssl.

import Foundation

/// A self-signed certificate with its key.
struct KeyPair {
    let certificate: String
    let key: String

    /// The arguments of `openssl req` for kinds of keys.
    enum Kind: String {
        case ec = "ec -pkeyopt ec_paramgen_curve:P-256"
        case rsa = "rsa:2048"
    }

    init(name: String, _ kind: Kind = .ec) throws {
        let path = NSTemporaryDirectory() + "/e2e-\(UUID().uuidString)"
        defer { for suffix in ["crt", "key"] { try? FileManager.default.removeItem(atPath: "\(path).\(suffix)") } }
        let script =
            "openssl req -x509 -nodes -newkey \(kind.rawValue) -subj /CN=\(name) -days 30 "
            + "-keyout \(path).key -out \(path).crt"
        let run = try Command.run("sh", ["-c", script])
        guard run.status == 0 else { throw SocketFault("openssl req: \(run.output)") }
        certificate = try String(contentsOfFile: path + ".crt", encoding: .utf8)
        key = try String(contentsOfFile: path + ".key", encoding: .utf8)
    }

    /// The body of an Admin API request.
    var body: [String: Any] { ["cert": certificate, "key": key] }
}
