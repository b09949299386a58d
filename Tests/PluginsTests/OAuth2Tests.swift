// Which tokens oauth2 takes, and whom it gives none. Tokens that are given out need a store: see the conformance cases.

import PluginKit
import Plugins
import Schema
import Testing

@Suite struct OAuth2Tests {
    private static let service = "5e5e5e5e-0000-4000-8000-000000000001"
    private static let config: JSONObject = [
        "enable_password_grant": true, "provision_key": "prov", "scopes": ["email"],
    ]

    private static let scene: Scene = {
        var scene = Scene()
        let client: JSONObject = [
            "id": "c1", "client_id": "client", "client_secret": "secret", "redirect_uris": ["https://a.test/cb?x=%2F"],
        ]
        scene.add("oauth2_credentials", by: "client_id", client)
        for lookup in OAuth2.lookups {
            scene.fill(lookup, lookup.entity == "oauth2_tokens" ? tokens : lookup.field == "id" ? [client] : [])
        }
        return scene
    }()

    private static let tokens: [JSONObject] = [
        token("here", ["service": ["id": .string(service)], "scope": "email", "authenticated_userid": "u"]),
        token("there", ["service": ["id": "5e5e5e5e-0000-4000-8000-000000000002"]]),
        token("everywhere", [:]),
        token("old", ["service": ["id": .string(service)], "expires_in": 10]),
    ]

    private static func token(_ token: String, _ members: JSONObject) -> JSONObject {
        var row: JSONObject = [
            "id": .string(token), "access_token": .string(token), "credential": ["id": "c1"], "expires_in": 0,
            "created_at": 1000,
        ]
        row.merge(members)
        return row
    }

    private func verdict(
        _ head: String, body: String? = nil, _ more: JSONObject = [:], isTLS: Bool = true
    ) -> (Verdict, Exchange) {
        let x = Self.scene.request(
            head + (body == nil ? "" : "\nContent-Type: application/x-www-form-urlencoded"), body: body)
        x.service = ServiceInfo(id: Self.service.bytes, name: nil, row: [:])
        x.isTLS = isTLS
        x.nowMilliseconds = 2_000_000
        var config = Self.config
        config.merge(more)
        return (Self.scene.make(OAuth2.self, config).access(x), x)
    }

    private func fault(_ verdict: (Verdict, Exchange)) -> JSON? {
        (try? JSON(parsing: verdict.0.response?.body ?? []))?["error"]
    }

    private func redirect(_ verdict: (Verdict, Exchange)) -> String? {
        (try? JSON(parsing: verdict.0.response?.body ?? []))?["redirect_uri"]?.string
    }

    @Test(
        "a token may be in the header, the query or a form",
        arguments: ["\nAuthorization: Bearer here", "\nAuthorization: token here", "\nAuthorization: here"])
    func places(fields: String) {
        let (verdict, x) = verdict("GET / HTTP/1.1" + fields)
        #expect(verdict.isNext)
        #expect(x.consumer?.username == "alice".bytes)
        #expect(x.upstreamHeader("X-Authenticated-Scope") == "email")
        #expect(x.upstreamHeader("X-Authenticated-UserID") == "u")
        #expect(self.verdict("GET /?access_token=here HTTP/1.1").0.isNext)
        #expect(self.verdict("POST / HTTP/1.1", body: "access_token=here").0.isNext)
    }

    @Test func `a token opens its own service only`() {
        #expect(fault(verdict("GET / HTTP/1.1")) == "invalid_request")
        for token in ["none", "there", "everywhere", "old"] {
            #expect(fault(verdict("GET /?access_token=\(token) HTTP/1.1")) == "invalid_token")
        }
        #expect(verdict("GET /?access_token=everywhere HTTP/1.1", ["global_credentials": true]).0.isNext)
        #expect(!verdict("GET /?access_token=there HTTP/1.1", ["global_credentials": true]).0.isNext)
    }

    @Test func `the token can be kept from the upstream`() {
        let hides: JSONObject = ["hide_credentials": true]
        #expect(verdict("GET /?access_token=here&a=1 HTTP/1.1", hides).1.upstreamQuery == "a=1")
        let (_, x) = verdict("GET / HTTP/1.1\nAuthorization: bearer here", hides)
        #expect(x.upstreamHeader("Authorization") == nil)
    }

    @Test func `a client's own scope and user never reach the upstream`() {
        let forged = "\nX-Authenticated-Scope: root\nX-Authenticated-UserID: root"
        let anonymous: JSONObject = ["anonymous": .string(Scene.anonymousID)]
        let (verdict, x) = verdict("GET / HTTP/1.1" + forged, anonymous)
        #expect(verdict.isNext)
        #expect(x.upstreamHeader("X-Authenticated-Scope") == nil)
        #expect(x.upstreamHeader("X-Authenticated-UserID") == nil)
    }

    @Test func `the endpoints want TLS`() {
        #expect(fault(verdict("POST /oauth2/token HTTP/1.1", isTLS: false)) == "access_denied")
        #expect(fault(verdict("POST /a/oauth2/authorize/b HTTP/1.1", isTLS: false)) == "access_denied")
    }

    @Test(
        "a token is only given for all that its grant needs",
        arguments: [
            ("grant_type=magic", "unsupported_grant_type"), ("grant_type=client_credentials", "unsupported_grant_type"),
            ("grant_type=password", "invalid_client"), ("grant_type=password&client_id=client", "invalid_client"),
            ("grant_type=password&client_id=client&client_secret=no", "invalid_client"),
            ("grant_type=password&client_id=client&client_secret=secret", "invalid_provision_key"),
            (
                "grant_type=password&client_id=client&client_secret=secret&provision_key=prov",
                "invalid_authenticated_userid"
            ),
            (
                "grant_type=password&client_id=client&client_secret=secret&provision_key=prov"
                    + "&authenticated_userid=u&scope=email%20root",
                "invalid_scope"
            ),
            ("grant_type=authorization_code&client_id=client&client_secret=secret&code=x", "invalid_request"),
            ("grant_type=refresh_token&client_id=client&client_secret=secret", "invalid_request"),
        ])
    func refusals(form: String, error: String) {
        let refused = verdict("POST /oauth2/token HTTP/1.1", body: form)
        #expect(fault(refused) == .string(error))
        #expect(refused.0.response?.status == 400)
    }

    @Test func `a known application learns of a refused consent by the redirect`() {
        let form = "provision_key=prov&authenticated_userid=u&client_id=client&response_type=code&state=s"
        let uri = redirect(verdict("POST /oauth2/authorize HTTP/1.1", body: form))
        #expect(
            uri == "https://a.test/cb?error=unsupported_response_type&error_description=Invalid%20response_type"
                + "&state=s&x=%2f")
    }
}
