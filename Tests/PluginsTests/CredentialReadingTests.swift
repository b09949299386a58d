// How credentials in headers are decoded: as nginx does it, seen through basic-auth.

import PluginKit
import Plugins
import Schema
import Testing

@Suite struct CredentialReadingTests {
    private func isAccepted(_ encoded: String) -> Bool {
        var scene = Scene()
        // The digest of the empty password for alice.
        let row = try? BasicAuthCredential.entitySchema.validateInsert(
            ["username": "u", "consumer": ["id": .string(Scene.aliceID)]],
            in: ValidationContext(catalog: Catalog(core: [BasicAuthCredential.entitySchema], plugins: [])))
        scene.add("basicauth_credentials", by: "username", row ?? [:])
        let x = scene.request("GET / HTTP/1.1\nAuthorization: Basic \(encoded)")
        return scene.make(BasicAuth.self).access(x).isNext
    }

    @Test func `padding may be missing and ends the text`() {
        // "u:" is dTo=.
        #expect(isAccepted("dTo="))
        #expect(isAccepted("dTo"))
        #expect(isAccepted("dTo=garbage"))
        #expect(!isAccepted("dTo-"))
        #expect(!isAccepted("dToA="))
        #expect(!isAccepted("d"))
    }
}
