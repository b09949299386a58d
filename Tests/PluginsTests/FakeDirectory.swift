// An LDAP server without a server: what it is asked, and what it answers when a test says so.

import PluginKit
import Wire

final class FakeDirectory: LDAPClient {
    struct Bind {
        let name: String
        let password: String
        let server: LDAPServer
        let done: (Result<LDAPResult, OutboundFailure>) -> Void

        func answer(_ code: Int32) {
            done(.success(LDAPResult(id: 1, operation: .bind, code: code)))
        }
    }

    private(set) var binds: [Bind] = []

    func bind(
        _ name: [UInt8], password: [UInt8], to server: LDAPServer,
        _ done: @escaping (Result<LDAPResult, OutboundFailure>) -> Void
    ) {
        let texts = (String(decoding: name, as: UTF8.self), String(decoding: password, as: UTF8.self))
        binds.append(Bind(name: texts.0, password: texts.1, server: server, done: done))
    }
}
