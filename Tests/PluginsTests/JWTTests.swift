// Which tokens jwt takes. The tokens are signed by hand: {"typ":"JWT","alg":"HS256"}, {"iss":"iss-1"}, secret "s3cret".

import PluginKit
import Plugins
import Schema
import Testing

@Suite struct JWTTests {
    private static let head = "eyJ0eXAiOiAiSldUIiwgImFsZyI6ICJIUzI1NiJ9"
    private static let token = head + ".eyJpc3MiOiAiaXNzLTEifQ.--tqLSJOTGoG0wTKrfSGtMKWpa1Fbawkdorm7CPZjH0"
    /// Expired in 2001, valid from 2100.
    private static let dated =
        head + ".eyJpc3MiOiAiaXNzLTEiLCAiZXhwIjogMTAwMDAwMDAwMCwgIm5iZiI6IDQxMDI0NDQ4MDB9"
        + ".FebZjKwH9PpJqcK7pGah5pQD8GeTauZ4J_csBhyZres"

    private static func scene(_ credential: JSONObject = ["key": "iss-1", "secret": "s3cret"]) -> Scene {
        var scene = Scene()
        scene.add("jwt_secrets", by: "key", credential)
        return scene
    }

    private func verdict(
        _ request: String, _ config: JSONObject = [:], _ scene: Scene = JWTTests.scene()
    ) -> (Verdict, Exchange) {
        let x = scene.request(request)
        x.nowMilliseconds = 1_600_000_000_000
        return (scene.make(JWT.self, config).access(x), x)
    }

    private func text(_ token: String, _ config: JSONObject = [:], _ scene: Scene = JWTTests.scene()) -> String? {
        verdict("GET / HTTP/1.1\nAuthorization: Bearer \(token)", config, scene).0.response?.text
    }

    @Test func `a token is found in the query, in cookies and in the header`() {
        let cookies: JSONObject = ["cookie_names": ["Session"]]
        #expect(verdict("GET /?jwt=\(Self.token) HTTP/1.1").0.isNext)
        #expect(verdict("GET / HTTP/1.1\nCookie: a=b; session=\(Self.token)", cookies).0.isNext)
        let (verdict, x) = verdict("GET / HTTP/1.1\nAuthorization: bearer \(Self.token)")
        #expect(verdict.isNext)
        #expect(x.consumer?.username == "alice".bytes)
        #expect(x.upstreamHeader("X-Credential-Username") == nil)
    }

    @Test func `a request without a token that can be read is refused`() {
        let refused = #"{"message":"Unauthorized"}"#
        #expect(verdict("GET / HTTP/1.1").0.response?.text == refused)
        #expect(verdict("GET / HTTP/1.1\nAuthorization: Basic YTpi").0.response?.text == refused)
        #expect(verdict("GET / HTTP/1.1\nCookie: s=", ["cookie_names": ["s"]]).0.response?.text == refused)
        #expect(verdict("GET /?jwt HTTP/1.1").0.response?.text == #"{"message":"Unrecognizable token"}"#)
        #expect(
            verdict("GET /?jwt=a&jwt=b HTTP/1.1").0.response?.text == #"{"message":"Multiple tokens provided"}"#)
    }

    @Test func `a text that is no token is refused with the reason`() {
        for bad in ["abc", "a.b.c", "e30.e30"] { #expect(text(bad) == #"{"message":"Bad token; invalid JSON"}"#) }
        // {"alg":"none"} and {}
        #expect(text("eyJhbGciOiJub25lIn0.e30.") == #"{"message":"Bad token; invalid alg"}"#)
        #expect(text("e30.e30.x") == #"{"message":"Bad token; invalid alg"}"#)
        #expect(text(Self.token + ".x") == #"{"message":"Bad token; invalid signature"}"#)
    }

    @Test func `a list has no claims`() {
        // {"alg":"HS256"} and [1]
        #expect(text("eyJhbGciOiJIUzI1NiJ9.WzFd.eA") == #"{"message":"No mandatory 'iss' in claims"}"#)
    }

    @Test func `the key must be somebody's, and the signature that of the secret`() {
        #expect(
            text(Self.token, ["key_claim_name": "kid"]) == #"{"message":"No mandatory 'kid' in claims"}"#)
        #expect(
            text(Self.token, [:], Self.scene(["key": "other"]))
                == #"{"message":"No credentials found for given 'iss'"}"#)
        #expect(
            text(Self.token, [:], Self.scene(["key": "iss-1", "secret": "no"])) == #"{"message":"Invalid signature"}"#)
        #expect(text(String(Self.token.dropLast(4))) == #"{"message":"Invalid signature"}"#)
    }

    @Test func `a public key is never taken for a secret`() {
        let scene = Self.scene(["key": "iss-1", "secret": "s3cret", "algorithm": "RS256", "rsa_public_key": "pem"])
        #expect(text(Self.token, [:], scene) == #"{"message":"Invalid algorithm"}"#)
    }

    @Test func `times are only looked at when asked for`() {
        #expect(text(Self.dated) == nil)
        #expect(text(Self.dated, ["claims_to_verify": ["exp"]]) == #"{"exp":"token expired"}"#)
        #expect(text(Self.dated, ["claims_to_verify": ["nbf"]]) == #"{"nbf":"token not valid yet"}"#)
        #expect(text(Self.token, ["claims_to_verify": ["exp"]]) == #"{"exp":"must be a number"}"#)
    }

    @Test func `a preflight can pass without a token`() {
        #expect(verdict("OPTIONS / HTTP/1.1", ["run_on_preflight": false]).0.isNext)
        #expect(!verdict("OPTIONS / HTTP/1.1").0.isNext)
    }
}
