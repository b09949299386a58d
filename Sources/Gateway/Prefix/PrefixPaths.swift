// Where the files of a node lie. The names are Kong's: scripts, service units and logrotate rules know them.

import Glibc

/// The paths below a prefix.
package struct PrefixPaths: Sendable, Hashable {
    /// Absolute, without a slash at its end.
    package let prefix: String

    /// Makes a path absolute, seen from the current directory, and resolves its dots.
    package init(_ prefix: String) {
        self.prefix = Self.absolute(prefix)
    }

    package var logs: String { prefix + "/logs" }
    package var pids: String { prefix + "/pids" }
    package var pidFile: String { prefix + "/pids/nginx.pid" }
    package var kongEnv: String { prefix + "/.kong_env" }
    package var ssl: String { prefix + "/ssl" }
    /// Ours, not Kong's: a folder that is the workers' own, for files that they replace.
    package var state: String { prefix + "/state" }
    /// nginx' folder for request bodies that do not fit into memory.
    package var bodies: String { prefix + "/client_body_temp" }
    package var certificate: CertificateFiles { generated("kong-default") }
    package var adminCertificate: CertificateFiles { generated("admin-kong-default") }

    private func generated(_ name: String) -> CertificateFiles {
        CertificateFiles(certificate: "\(ssl)/\(name).crt", key: "\(ssl)/\(name).key")
    }

    /// A path of the configuration: absolute, or below the prefix.
    package func resolve(_ path: String) -> String {
        path.hasPrefix("/") ? path : prefix + "/" + path
    }

    /// The paths that Kong counts among its settings, by their names there.
    var named: [(name: String, path: String)] {
        [
            ("nginx_pid", pidFile), ("nginx_err_logs", logs + "/error.log"), ("nginx_acc_logs", logs + "/access.log"),
            ("admin_acc_logs", logs + "/admin_access.log"), ("nginx_conf", prefix + "/nginx.conf"),
            ("nginx_kong_conf", prefix + "/nginx-kong.conf"),
            ("nginx_kong_stream_conf", prefix + "/nginx-kong-stream.conf"), ("kong_env", kongEnv),
            ("ssl_cert_csr_default", ssl + "/kong-default.csr"),
            ("ssl_cert_default", certificate.certificate), ("ssl_cert_key_default", certificate.key),
            ("client_ssl_cert_default", certificate.certificate), ("client_ssl_cert_key_default", certificate.key),
            ("admin_ssl_cert_default", adminCertificate.certificate),
            ("admin_ssl_cert_key_default", adminCertificate.key),
        ]
    }

    static func absolute(_ path: String) -> String {
        var parts: [Substring] = []
        let full = path.hasPrefix("/") ? path : currentDirectory + "/" + path
        for part in full.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }

    private static var currentDirectory: String {
        guard let buffer = getcwd(nil, 0) else { return "/" }
        defer { free(buffer) }
        return String(cString: buffer)
    }
}
