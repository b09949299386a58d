// Which signatures hmac-auth takes. They are those of the secret "s3cret" over the date below.

import PluginKit
import Plugins
import Schema
import Testing

@Suite struct HMACAuthTests {
    private static let date = "Thu, 22 Jun 2017 17:15:21 GMT"
    private static let now: Int64 = 1_498_151_721
    private static let sha256 = "j5fSTdvn9VYfkQMcQBlFaNYrLzMhB8eLCuWsjLouj4U="
    private static let sha1 = "2yVc/ugxNlfWTF/nDlhYNnaf8NQ="

    private func verdict(
        _ fields: String, _ config: JSONObject = [:], at seconds: Int64 = now, line: String = "GET / HTTP/1.1",
        body: String? = nil
    ) -> (Verdict, Exchange) {
        var scene = Scene()
        scene.add("hmacauth_credentials", by: "username", ["username": "ali", "secret": "s3cret"])
        let x = scene.request("\(line)\n\(fields)", body: body)
        x.nowMilliseconds = seconds * 1000
        return (scene.make(HMACAuth.self, config).access(x), x)
    }

    private func fields(
        _ value: String = sha256, algorithm: String = "hmac-sha256", user: String = "ali", headers: String = "date"
    ) -> String {
        "Date: \(Self.date)\nAuthorization: hmac username=\"\(user)\", algorithm=\"\(algorithm)\", "
            + "headers=\"\(headers)\", signature=\"\(value)\""
    }

    private func text(_ verdict: (Verdict, Exchange)) -> String? { verdict.0.response?.text }

    @Test func `a right signature identifies the consumer`() {
        let (verdict, x) = verdict(fields())
        #expect(verdict.isNext)
        #expect(x.upstreamHeader("X-Credential-Username") == "ali")
        #expect(self.verdict(fields(Self.sha1, algorithm: "hmac-sha1")).0.isNext)
    }

    @Test func `the request line is signed as it was sent`() {
        let signature = "9h63U92S/qhUJKHNGoL/TFeD8ti5meiUw2m11E7D5hw="
        let line = "GET /api/a?b=1&c=%20d HTTP/1.1"
        #expect(verdict(fields(signature, headers: "date request-line"), line: line).0.isNext)
        #expect(!verdict(fields(signature, headers: "date request-line"), line: "GET /api/a?b=2 HTTP/1.1").0.isNext)
    }

    @Test func `a request without a signature is refused before its date is looked at`() {
        #expect(text(verdict("X: y")) == #"{"message":"Unauthorized"}"#)
    }

    @Test func `the date must be near`() {
        #expect(verdict(fields(), at: Self.now + 300).0.isNext)
        #expect(verdict(fields(), at: Self.now - 300).0.isNext)
        for seconds in [Self.now + 301, Self.now - 301] {
            #expect(text(verdict(fields(), at: seconds))?.contains("a valid date or x-date header") == true)
        }
        #expect(verdict(fields(), ["clock_skew": 1000], at: Self.now + 900).0.isNext)
    }

    @Test(
        "three forms of dates are read",
        arguments: [
            "Thu, 22 Jun 2017 17:15:21 GMT", "Thursday, 22-Jun-17 17:15:21 GMT", "Thu Jun 22 17:15:21 2017",
        ])
    func dates(date: String) {
        let proof = fields().split(separator: "\n").last ?? ""
        #expect(text(verdict("X-Date: \(date)\n\(proof)")) == #"{"message":"HMAC signature does not match"}"#)
    }

    @Test func `what can't be checked is refused`() {
        let refused = #"{"message":"HMAC signature cannot be verified"}"#
        #expect(text(verdict("Date: \(Self.date)\nAuthorization: Bearer x")) == refused)
        #expect(text(verdict(fields(algorithm: "hmac-md5"))) == refused)
        #expect(text(verdict(fields(), ["algorithms": ["hmac-sha1"]])) == refused)
        #expect(text(verdict(fields(user: "bob"))) == refused)
        #expect(text(verdict(fields(), ["enforce_headers": ["date", "x-must"]])) == refused)
    }

    @Test func `a wrong signature does not match`() {
        for value in ["????", Self.sha1, String(Self.sha256.dropFirst(4))] {
            #expect(text(verdict(fields(value))) == #"{"message":"HMAC signature does not match"}"#)
        }
    }

    @Test func `a body is compared with its digest`() {
        let config: JSONObject = ["validate_request_body": true]
        let signed = fields("c1KCPMXb0LL7EBeVnXp/HmLQvFxvNJfvpuuXD0Fkg9M=", headers: "date digest")
        let digest = "\nDigest: SHA-256=LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="
        #expect(verdict(signed + digest, config, body: "hello").0.isNext)
        #expect(!verdict(signed + digest, config, body: "hello!").0.isNext)
        #expect(!verdict(fields(), config, body: "hello").0.isNext)
        #expect(verdict(fields(), config).0.isNext)
    }

    @Test func `the signature can be kept from the upstream`() {
        #expect(verdict(fields(), ["hide_credentials": true]).1.upstreamHeader("Authorization") == nil)
        let config: JSONObject = ["hide_credentials": true, "anonymous": .string(Scene.anonymousID)]
        let other = verdict(fields().replacing("hmac username", with: "HMAC username"), config)
        #expect(other.0.isNext)
        #expect(other.1.upstreamHeader("Authorization") == nil)
    }
}
