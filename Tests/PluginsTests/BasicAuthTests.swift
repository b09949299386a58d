// Who basic-auth lets in, and how passwords are stored.

import PluginKit
import Plugins
import Schema
import Testing

@Suite struct BasicAuthTests {
    private let scene: Scene

    init() {
        var scene = Scene()
        // The digest of "secret" for alice.
        let digest = Self.stored("secret", consumer: Scene.aliceID)["password"] ?? .null
        scene.add("basicauth_credentials", by: "username", ["username": "ali", "password": digest])
        self.scene = scene
    }

    private static let context = ValidationContext(
        catalog: Catalog(core: [BasicAuthCredential.entitySchema], plugins: []))

    private static func stored(_ password: JSON, consumer: String) -> JSONObject {
        let row = try? BasicAuthCredential.entitySchema.validateInsert(
            ["username": "u", "password": password, "consumer": ["id": .string(consumer)]], in: context)
        return row ?? [:]
    }

    private func verdict(_ head: String, _ config: JSONObject = [:]) -> (Verdict, Exchange) {
        let x = scene.request(head)
        return (scene.make(BasicAuth.self, config).access(x), x)
    }

    @Test func `a request without credentials is refused with a challenge`() {
        let answer = verdict("GET / HTTP/1.1").0.response
        #expect(answer?.text == #"{"message":"Unauthorized"}"#)
        let challenge = answer?.fields.first { $0.name == "WWW-Authenticate" }?.value
        #expect(challenge == "Basic realm=\"kong\"".bytes)
    }

    @Test func `who passes as the anonymous consumer sees no challenge`() {
        let (verdict, x) = verdict("GET / HTTP/1.1", ["anonymous": .string(Scene.anonymousID)])
        #expect(verdict.isNext)
        #expect(x.clientHeader("WWW-Authenticate") == nil)
    }

    @Test(arguments: ["Basic YWxpOnNlY3JldA==", "basic YWxpOnNlY3JldA", "  Basic   YWxpOnNlY3JldA=="])
    func `the right password identifies the consumer`(value: String) {
        let (verdict, x) = verdict("GET / HTTP/1.1\nAuthorization: \(value)")
        #expect(verdict.isNext)
        #expect(x.consumer?.username == "alice".bytes)
        #expect(x.upstreamHeader("X-Credential-Username") == "ali")
        #expect(x.upstreamHeader("Authorization") != nil)
    }

    @Test(
        "other credentials are refused without a challenge",
        arguments: ["", "Basic", "BASIC YWxpOnNlY3JldA==", "Basic YWxp", "Basic YWxpOndyb25n", "Basic !", "Bearer x"])
    func refusal(value: String) {
        let answer = verdict("GET / HTTP/1.1\nAuthorization: \(value)").0.response
        #expect(answer?.text == #"{"message":"Invalid authentication credentials"}"#)
        #expect(answer?.fields.contains { $0.name == "WWW-Authenticate" } == false)
    }

    @Test func `Proxy-Authorization decides when it has a username`() {
        let right = "Basic YWxpOnNlY3JldA=="
        #expect(verdict("GET / HTTP/1.1\nProxy-Authorization: \(right)\nAuthorization: Basic eDp5").0.isNext)
        #expect(!verdict("GET / HTTP/1.1\nProxy-Authorization: Basic eDp5\nAuthorization: \(right)").0.isNext)
        #expect(verdict("GET / HTTP/1.1\nProxy-Authorization: Bearer x\nAuthorization: \(right)").0.isNext)
    }

    @Test func `the credentials can be kept from the upstream`() {
        let (_, x) = verdict("GET / HTTP/1.1\nAuthorization: Basic YWxpOnNlY3JldA==", ["hide_credentials": true])
        #expect(x.upstreamHeader("Authorization") == nil)
    }

    @Test func `passwords are stored as the digest of password and consumer`() {
        let consumer = "000000cd-0000-4000-8000-0000000000cd"
        #expect(Self.stored("secret", consumer: consumer)["password"] == "cf261e3f66a451ff22ac79bc66e2c0b3f5b6d5f5")
        let digits = Self.stored("2", consumer: consumer)["password"]
        #expect(Self.stored(2, consumer: consumer)["password"] == digits)
    }

    @Test func `an update leaves the stored digest alone unless it has a password`() throws {
        let schema = BasicAuthCredential.entitySchema
        let stored = Self.stored("one", consumer: Scene.aliceID)
        let renamed = try schema.validateUpdate(stored, with: ["username": "v"], in: Self.context)
        #expect(renamed["password"] == stored["password"])
        let changed = try schema.validateUpdate(stored, with: ["password": "two"], in: Self.context)
        #expect(changed["password"] == Self.stored("two", consumer: Scene.aliceID)["password"])
        let sentBack = try schema.validateUpdate(stored, with: stored, in: Self.context)
        #expect(sentBack["password"] == stored["password"])
    }

    @Test func `a document has digests already`() throws {
        var context = Self.context
        context.isDocument = true
        let row = try BasicAuthCredential.entitySchema.validateInsert(
            ["username": "u", "password": "cf26"], in: context)
        #expect(row["password"] == "cf26")
    }
}
