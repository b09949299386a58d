// Certificates, server names, tags and the plugins entity without plugins.

import Entities
import Schema
import Testing

struct CertificateTests {
    private func certificates(_ change: (inout SyntaxChecks) -> Void = { _ in }) -> EntityChecker {
        var syntax = SyntaxChecks()
        change(&syntax)
        return EntityChecker(Certificate.self, syntax: syntax)
    }

    @Test func `both parts are needed`() {
        #expect(
            certificates().violations([:]).message
                == "2 schema violations (cert: required field missing; key: required field missing)")
        #expect(certificates().fields(["cert": "", "key": "k"]) == ["cert": "length must be at least 1"])
    }

    @Test func `what is no PEM is refused with the library's text`() {
        let checker = certificates {
            $0.certificateError = { _ in "no start line" }
            $0.privateKeyError = { _ in "bad decrypt" }
            $0.isPair = { _, _ in false }
        }
        #expect(
            checker.fields(["cert": "x", "key": "y"])
                == ["cert": "invalid certificate: no start line", "key": "invalid key: bad decrypt"])
    }

    @Test func `a key of another certificate is refused`() {
        let checker = certificates { $0.isPair = { _, _ in false } }
        #expect(checker.fields(["cert": "x", "key": "y"]) == ["@entity": ["certificate does not match key"]])
    }

    @Test func `a server name needs a certificate`() {
        let snis = EntityChecker(SNI.self)
        #expect(
            snis.violations([:]).message
                == "2 schema violations (certificate: required field missing; name: required field missing)")
        #expect(
            snis.fields(["name": "a.test", "certificate": ["id": "x"]])
                == ["certificate": ["id": "expected a valid UUID"]])
    }

    @Test func `a tag is never taken for an id`() throws {
        let tags = EntityChecker(Tag.self)
        #expect(
            try tags.schema.rowName(EntityChecker.id, in: tags.context) == .key(field: "tag", value: EntityChecker.id))
        #expect(throws: EntityError.invalidUnique("tag", "invalid value: @_@")) {
            try tags.schema.rowName("@_@", in: tags.context)
        }
    }

    @Test func `the core entities are in dependency order`() {
        let names = Catalog(core: CoreEntities.all, plugins: []).entities.map(\.name)
        #expect(
            names == [
                "consumers", "services", "routes", "plugins", "certificates", "snis", "upstreams", "targets", "tags",
            ])
    }

    @Test func `a plugin that is not enabled is refused`() {
        #expect(
            EntityChecker(Plugin.self).fields(["name": "nope"])
                == ["name": "plugin 'nope' not enabled; add it to the 'plugins' configuration property"])
    }
}
