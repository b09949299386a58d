// Certificates and server names as the data plane serves them. A certificate is made ready once, when its row is new or
// changed: its open sessions stay resumable as long as it stays as it is.

import DataPlane
import Schema
import Store

/// The certificates by server name, kept current row by row.
struct CertificateIndex {
    private struct Entry {
        let certificate: String
        let key: String
        let identity: TLSIdentity
    }

    private struct ServerName {
        let name: String
        let certificateID: String
    }

    private let policy: TLSPolicy
    private let warn: @Sendable (String) -> Void
    private var entries: [String: Entry] = [:]
    private var names: [String: ServerName] = [:]
    private var isStale = false
    private var compiled = ServerNames()

    init(_ policy: TLSPolicy, warn: @escaping @Sendable (String) -> Void) {
        self.policy = policy
        self.warn = warn
    }

    /// Takes everything over from a data set.
    mutating func load(_ dataset: Dataset) {
        let rows = dataset.rows(of: "certificates").map { ($0.id, entry($0)) }
        entries = [:]
        for (id, entry) in rows { entries[id] = entry }
        names = [:]
        for row in dataset.rows(of: "snis") { names[row.id] = Self.serverName(row) }
        isStale = true
    }

    /// Takes over one row's change.
    mutating func take(_ effect: Effect) {
        if effect.entity == "certificates" {
            entries[effect.id] = effect.new.flatMap(entry)
        } else {
            names[effect.id] = effect.new.flatMap(Self.serverName)
        }
        isStale = true
    }

    /// The names as they now are.
    mutating func serverNames() -> ServerNames {
        guard isStale else { return compiled }
        isStale = false
        // In this order a name in small letters wins over the same name written otherwise.
        compiled = ServerNames(
            names.values.sorted { $0.name < $1.name }.compactMap { name in
                entries[name.certificateID].map { (name.name, $0.identity) }
            })
        return compiled
    }

    /// Nil for a certificate that the TLS library refuses, though the Admin API took it or another node's did.
    private func entry(_ row: Row) -> Entry? {
        guard let certificate = row["cert"]?.string, let key = row["key"]?.string else { return nil }
        if let known = entries[row.id], known.certificate == certificate, known.key == key { return known }
        do {
            return Entry(
                certificate: certificate, key: key,
                identity: try TLSIdentity(certificate: certificate, key: key, policy: policy))
        } catch {
            warn("certificate \(row.id) can't be served: \(error)")
            return nil
        }
    }

    private static func serverName(_ row: Row) -> ServerName? {
        guard let name = row["name"]?.string, let id = row["certificate"]?["id"]?.string else { return nil }
        return ServerName(name: name, certificateID: id)
    }
}
