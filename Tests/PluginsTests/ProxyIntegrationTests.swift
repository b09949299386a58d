// aws-lambda with is_proxy_integration: the function makes the whole answer.

import PluginKit
import Plugins
import Schema
import Testing

@Suite struct ProxyIntegrationTests {
    private func answer(_ body: String) throws -> Response {
        let scene = Scene()
        let config: JSONObject = [
            "aws_key": "key", "aws_secret": "secret", "aws_region": "eu-west-1", "function_name": "f",
            "is_proxy_integration": true,
        ]
        let asked = FunctionScene(scene.make(AWSLambda.self, config), scene.request("GET / HTTP/1.1"))
        try asked.answer(200, [("Content-Type", "application/json"), ("X-Own", "1")], body)
        return try #require(asked.response)
    }

    @Test func `status, headers and body come from the function's answer`() throws {
        let response = try answer(
            #"{"statusCode":201,"headers":{"X-A":"a","x-own":"2","content-type":"text/html","X-N":5,"X-B":true},"#
                + #""body":"hi"}"#
        )
        #expect(response.status == 201)
        #expect(response.text == "hi")
        #expect(response.values("X-A") == ["a"])
        #expect(response.values("X-Own") == ["2"])
        #expect(response.values("Content-Type") == ["text/html"])
        #expect(response.values("X-N") == ["5"])
        #expect(response.values("X-B") == ["true"])
    }

    @Test func `a header may have several values or none`() throws {
        let response = try answer(#"{"statusCode":200,"headers":{"X-A":["a","b"],"X-Own":{}}}"#)
        #expect(response.values("X-A") == ["a", "b"])
        #expect(response.values("X-Own") == [])
        #expect(response.text == "")
    }

    @Test func `what frames the answer is the gateway's`() throws {
        let response = try answer(
            #"{"statusCode":200,"headers":{"Content-Length":"9","Transfer-Encoding":"chunked","Connection":"close"}}"#)
        #expect(response.fields.count == 3)
        #expect(response.values("Transfer-Encoding") == [])
    }

    @Test(arguments: [
        (#"{"body":"x"}"#, "statusCode must be a number"), (#"{"statusCode":"200"}"#, "statusCode must be a number"),
        (#""text""#, "statusCode must be a number"), ("[1]", "statusCode must be a number"),
        (#"{"statusCode":200,"headers":"x"}"#, "headers must be a table"),
        (#"{"statusCode":200,"headers":null}"#, "headers must be a table"),
        (#"{"statusCode":200,"body":5}"#, "body must be a string"),
        (#"{"statusCode":200,"body":null}"#, "body must be a string"),
        ("", "Expected value but found T_END at character 1"), (#"{"foo":"bar""#, "unexpected end at character 13"),
        (#"{"statusCode":200,"headers":{"X-A":"a\r\nX-B: c"}}"#, "invalid header"),
        (#"{"statusCode":200,"headers":{"X A":"a"}}"#, "invalid header"),
        (#"{"statusCode":200,"headers":{"X-A":null}}"#, "invalid header"),
    ]) func `an answer of another form is a bad gateway`(_ body: String, _ reason: String) throws {
        let response = try answer(body)
        #expect(response.status == 502)
        let json = try JSON(parsing: response.body)
        #expect(json["message"] == "Bad Gateway")
        #expect(json["error"] == .string("could not JSON decode Lambda function response: \(reason)"))
    }

    @Test(arguments: [("200.5", 200), ("99", 500), ("100", 500), ("600", 500), ("1e300", 500)])
    func `a status that is none is a fault`(_ status: String, _ expected: Int) throws {
        #expect(try answer(#"{"statusCode":\#(status)}"#).status == expected)
    }
}
