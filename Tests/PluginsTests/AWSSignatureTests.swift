// AWS Signature Version 4 against the vectors that AWS publishes ("aws-sig-v4-test-suite", and the example of IAM in
// the general reference).

import Plugins
import Testing

@Suite struct AWSSignatureTests {
    private struct Vector {
        var method = "GET"
        var path = "/"
        var query: [(String, String)] = []
        var host = "example.amazonaws.com"
        var headers: [(String, String)] = []
        var body = ""
        var service = "service"
    }

    /// 30 August 2015, 12:36:00.
    private static let time = AWSTime(1_440_938_160_000)

    private func authorization(_ vector: Vector) -> String {
        let signature = AWSSignature(
            accessKey: "AKIDEXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", region: "us-east-1",
            service: vector.service)
        let headers = [("Host", vector.host), ("X-Amz-Date", Self.time.text)] + vector.headers
        let request = AWSSignature.Request(
            method: vector.method, path: vector.path.bytes, query: vector.query.map { ($0.bytes, $1.bytes) },
            headers: headers.map { ($0, $1.bytes) }, body: vector.body.bytes)
        return String(decoding: signature.authorization(for: request, at: Self.time), as: UTF8.self)
    }

    private func signature(_ vector: Vector) -> String {
        authorization(vector).split(separator: "=").last.map(String.init) ?? ""
    }

    @Test func `the header names key, scope and what is signed`() {
        #expect(
            authorization(Vector())
                == "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
                + "SignedHeaders=host;x-amz-date, "
                + "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")
    }

    @Test func `a form is signed with its body`() {
        #expect(
            signature(Vector(method: "POST")) == "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b")
        let form = Vector(
            method: "POST", headers: [("Content-Type", "application/x-www-form-urlencoded")], body: "Param1=value1")
        #expect(signature(form) == "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a")
    }

    @Test func `arguments are signed in their order`() {
        let vector = Vector(query: [("Param2", "value2"), ("Param1", "value1")])
        #expect(signature(vector) == "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500")
    }

    @Test func `what is not plain in a path is encoded`() {
        #expect(
            signature(Vector(path: "/\u{1234}")) == "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85")
        #expect(
            signature(Vector(path: "/example space/"))
                == "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741")
    }

    @Test func `blanks in headers are trimmed`() {
        let vector = Vector(headers: [("My-Header1", "  value1"), ("My-Header2", "\"a   b   c\"")])
        #expect(signature(vector) == "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736")
    }

    @Test func `the example of the general reference comes out`() {
        let vector = Vector(
            query: [("Action", "ListUsers"), ("Version", "2010-05-08")], host: "iam.amazonaws.com",
            headers: [("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")], service: "iam")
        #expect(signature(vector) == "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7")
    }

    @Test func `times are written with all their digits`() {
        #expect(AWSTime(0).text == "19700101T000000Z")
        #expect(AWSTime(1_709_251_199_999).text == "20240229T235959Z")
        #expect(AWSTime(1_709_251_200_000).day == "20240301")
    }
}
