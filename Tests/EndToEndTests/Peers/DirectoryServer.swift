// A real OpenLDAP server with a few people in it, started by a test on a free port and removed after it.

import Foundation
import Glibc

final class DirectoryServer {
    static let program = "/usr/sbin/slapd"
    static let isInstalled = access(program, X_OK) == 0
    static let base = "ou=people,dc=example,dc=test"

    let port: Int
    private let folder: String
    private var pid: pid_t = 0

    /// Runs `body` with a server that runs, whose certificate is for `localhost`.
    static func with<Value>(_ body: (DirectoryServer) throws -> Value) throws -> Value {
        let server = try DirectoryServer()
        defer {
            server.stop()
            try? FileManager.default.removeItem(atPath: server.folder)
        }
        try server.start()
        return try body(server)
    }

    private init() throws {
        port = try LocalAddress.freePorts(1)[0]
        folder = NSTemporaryDirectory() + "/e2e-slapd-\(getpid())-\(port)"
        try FileManager.default.createDirectory(atPath: folder + "/data", withIntermediateDirectories: true)
        let pair = try KeyPair(name: "localhost")
        for (name, text) in [
            ("cert", pair.certificate), ("key", pair.key), ("people", Self.people), ("conf", configuration),
        ] {
            try text.write(toFile: folder + "/" + name, atomically: true, encoding: .utf8)
        }
        let load = try Command.run("/usr/sbin/slapadd", ["-f", folder + "/conf", "-l", folder + "/people"])
        guard load.status == 0 else { throw SocketFault("slapadd: \(load.output)") }
    }

    /// The file to trust the server by.
    var certificate: String { folder + "/cert" }

    func start() throws {
        let words = ["-f", folder + "/conf", "-h", "ldap://127.0.0.1:\(port)", "-d", "0"]
        pid = try Command.start(Self.program, words, output: folder + "/output")
        let listens = eventually(within: 20) {
            try Socket.connect(port: port).close()
            return true
        }
        guard listens else { throw SocketFault("slapd does not listen") }
    }

    func stop() {
        guard pid > 0 else { return }
        kill(pid, SIGKILL)
        waitpid(pid, nil, 0)
        pid = 0
    }

    /// Lets it take connections and say nothing, also on connections that are there.
    func freeze() { kill(pid, SIGSTOP) }

    func thaw() { kill(pid, SIGCONT) }

    /// Connections to it that stand, from the clients' side.
    var connections: Int {
        get throws {
            let list = try Command.run("ss", ["-Htn", "state", "established", "dport", "=", ":\(port)"])
            return list.output.split(separator: "\n").count
        }
    }

    private var configuration: String {
        let schemas = ["core", "cosine", "inetorgperson"].map { "include /etc/ldap/schema/\($0).schema\n" }
        return """
            \(schemas.joined())
            modulepath /usr/lib/ldap
            moduleload back_mdb
            TLSCertificateFile \(folder)/cert
            TLSCertificateKeyFile \(folder)/key
            database mdb
            suffix "dc=example,dc=test"
            directory \(folder)/data
            access to * by anonymous auth by * none

            """
    }

    private static let people = """
        dn: dc=example,dc=test
        objectClass: organization
        objectClass: dcObject
        o: example
        dc: example

        dn: \(base)
        objectClass: organizationalUnit
        ou: people

        dn: uid=einstein,\(base)
        objectClass: inetOrgPerson
        uid: einstein
        cn: Albert Einstein
        sn: Einstein
        userPassword: e=mc2

        dn: uid=curie\\, marie,\(base)
        objectClass: inetOrgPerson
        uid: curie, marie
        cn: Marie Curie
        sn: Curie
        userPassword: radium

        """
}
