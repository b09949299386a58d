// What an AWS Lambda function is asked, and what becomes of its answer.

import PluginKit
import Plugins
import Schema
import Testing

@Suite struct AWSLambdaTests {
    private let scene = Scene()

    private func ask(
        _ config: JSONObject = [:], _ head: String = "GET /p HTTP/1.1", body: String? = nil
    ) -> FunctionScene {
        var all: JSONObject = [
            "aws_key": "key", "aws_secret": "secret", "aws_region": "eu-west-1", "function_name": "f",
        ]
        for (name, value) in config { all[name] = value }
        return FunctionScene(scene.make(AWSLambda.self, all), scene.request(head, body: body))
    }

    // MARK: - The call

    @Test func `the function is invoked at the region's endpoint`() throws {
        let asked = ask(["qualifier": "$LATEST", "invocation_type": "Event", "timeout": 1500])
        let request = try asked.call().request
        #expect(request.peer == OutboundPeer(host: "lambda.eu-west-1.amazonaws.com", port: 443))
        #expect(request.usesTLS)
        #expect(request.method == "POST")
        #expect(request.target == "/2015-03-31/functions/f/invocations?Qualifier=%24LATEST".bytes)
        #expect(request.timeoutMilliseconds == 1500)
        #expect(try asked.header("Host") == "lambda.eu-west-1.amazonaws.com")
        #expect(try asked.header("X-Amz-Target") == "invoke")
        #expect(try asked.header("X-Amz-Invocation-Type") == "Event")
        #expect(try asked.header("X-Amz-Log-Type") == "Tail")
        #expect(try asked.header("X-Amz-Date") == "20150830T123600Z")
        #expect(try asked.header("Content-Type") == "application/x-amz-json-1.1")
        #expect(try asked.header("Content-Length") == "2")
        #expect(
            try asked.header("Authorization")?.hasPrefix(
                "AWS4-HMAC-SHA256 Credential=key/20150830/eu-west-1/lambda/aws4_request, SignedHeaders=content-length;"
                    + "content-type;host;x-amz-date;x-amz-invocation-type;x-amz-log-type;x-amz-target, Signature=")
                == true)
        #expect(asked.isWaiting)
    }

    @Test func `another port stands in Host`() throws {
        #expect(try ask(["port": 8443]).header("Host") == "lambda.eu-west-1.amazonaws.com:8443")
    }

    @Test func `a function's name can't leave its place in the path`() throws {
        let target = try ask(["function_name": "../a b?c"]).call().request.target
        #expect(String(decoding: target, as: UTF8.self) == "/2015-03-31/functions/..%2Fa%20b%3Fc/invocations")
        let full = try ask(["function_name": "arn:aws:lambda:eu-west-1:1:function:f"]).call().request.target
        #expect(String(decoding: full, as: UTF8.self).contains("/arn:aws:lambda:eu-west-1:1:function:f/"))
    }

    // MARK: - The payload

    private static let form = "\nContent-Type: application/x-www-form-urlencoded; charset=x"
    private static let json = "\nContent-Type: application/json"

    @Test func `without forwarding the function gets query and body in one object`() throws {
        #expect(try ask().call().body == "{}")
        #expect(try ask([:], "GET /?a=1&b&b=2&c= HTTP/1.1").call().body == #"{"a":"1","b":[true,"2"],"c":""}"#)
        let posted = ask([:], "POST /?a=1&x=0 HTTP/1.1" + Self.form, body: "x=1&x=2&%41=+")
        #expect(try posted.call().body == #"{"a":"1","x":["1","2"],"A":" "}"#)
    }

    @Test(arguments: [
        ("/", #"[{}, [], null, 1.0, 1e3, "/"]"#, #"[{},[],null,1,1000,"\/"]"#),
        ("/?a=1", "[1,{}]", #"{"a":"1","1":1,"2":{}}"#),
        ("/?a=1", #"{"a":null,"b":[]}"#, #"{"a":null,"b":[]}"#),
        ("/", "[]", "{}"),
        ("/?a=1", "5", #"{"a":"1"}"#),
        ("/?a=1", "[1", #"{"a":"1"}"#),
    ]) func `JSON is merged as Lua's tables are`(_ path: String, _ body: String, _ payload: String) throws {
        #expect(try ask([:], "POST \(path) HTTP/1.1" + Self.json, body: body).call().body == payload)
    }

    @Test func `a multipart form counts as well`() throws {
        let body = ["1", "2"].map { "--b\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\n\($0)\r\n" }.joined()
        let head = "POST /?a=1 HTTP/1.1\nContent-Type: multipart/form-data; boundary=b"
        #expect(try ask([:], head, body: body + "--b--\r\n").call().body == #"{"a":"1","f":"2"}"#)
    }

    @Test func `the parts of a request that are asked for are forwarded`() throws {
        let all: JSONObject = [
            "forward_request_method": true, "forward_request_uri": true, "forward_request_headers": true,
            "forward_request_body": true,
        ]
        let head = "PUT /a%20b?x=1&x=2&y HTTP/1.1\nX-A: 1\nx-a: 2" + Self.json
        #expect(
            try ask(all, head, body: #"{"q":[]}"#).payload() == [
                "request_method": "PUT", "request_uri": "/a%20b?x=1&x=2&y",
                "request_uri_args": ["x": ["1", "2"], "y": true],
                "request_headers": ["x-a": ["1", "2"], "content-type": "application/json", "host": "a.test"],
                "request_body": #"{"q":[]}"#, "request_body_args": ["q": []],
            ])
    }

    @Test func `headers are forwarded as earlier plugins left them`() throws {
        let plugin = scene.make(
            AWSLambda.self,
            [
                "aws_key": "key", "aws_secret": "secret", "aws_region": "eu-west-1", "function_name": "f",
                "forward_request_headers": true,
            ])
        let x = scene.request("GET / HTTP/1.1\nX-Old: 1\nX-Kept: 2")
        x.request.edits.remove("X-Old")
        x.request.edits.set("X-Consumer-ID", "c1".bytes)
        #expect(!plugin.readsBody)
        #expect(
            try FunctionScene(plugin, x).payload() == [
                "request_headers": ["x-kept": "2", "host": "a.test", "x-consumer-id": "c1"]
            ])
    }

    @Test(arguments: [
        ("text/plain", "raw", #"{"request_body_args":{},"request_body":"raw"}"#),
        (
            "text/plain; charset=utf-8", "raw",
            #"{"request_body_args":{},"request_body_base64":true,"request_body":"cmF3"}"#
        ),
        ("application/json", "[1", #"{"request_body":"[1"}"#),
        ("application/json", "[]", #"{"request_body_args":[],"request_body":"[]"}"#),
    ]) func `a body of an unknown type is told in base64`(_ type: String, _ body: String, _ payload: String) throws {
        let head = "POST / HTTP/1.1\nContent-Type: \(type)"
        #expect(try ask(["forward_request_body": true], head, body: body).call().body == payload)
    }

    @Test func `a request without a body is told in base64 as well`() throws {
        let payload = try ask(["forward_request_body": true]).call().body
        #expect(payload == #"{"request_body_args":{},"request_body_base64":true,"request_body":""}"#)
    }

    @Test func `bytes that are no text pass as they are`() throws {
        let x = scene.request("GET /?%FF=%01 HTTP/1.1")
        let asked = FunctionScene(
            scene.make(
                AWSLambda.self,
                ["aws_key": "k", "aws_secret": "s", "aws_region": "eu-west-1", "function_name": "f"]), x)
        #expect(try asked.call().request.body == #"{""#.bytes + [0xFF] + #"":"\u0001"}"#.bytes)
    }

    @Test func `a body that plugins don't see is left out, and the log says so`() throws {
        let plugin = scene.make(
            AWSLambda.self,
            [
                "aws_key": "k", "aws_secret": "s", "aws_region": "eu-west-1", "function_name": "f",
                "forward_request_body": true,
            ])
        let x = scene.request("POST / HTTP/1.1\nContent-Type: text/plain")
        x.request.body = .tooLarge
        let asked = FunctionScene(plugin, x)
        #expect(try asked.call().body == #"{"request_body_args":{}}"#)
        #expect(asked.outbound.errors.first?.contains("client_body_buffer_size") == true)
    }

    // MARK: - The answer

    @Test func `status, headers and body are the function's, but for those of its connection`() throws {
        let asked = ask()
        try asked.answer(
            201,
            [
                ("X-A", "1"), ("x-a", "2"), ("Content-Type", "text/x"), ("Transfer-Encoding", "chunked"),
                ("Connection", "close"), ("Keep-Alive", "5"), ("Server", "aws"), ("Date", "then"),
                ("Content-Length", "99"), ("Via", "1.1 up"),
            ], "hello")
        let response = try #require(asked.response)
        #expect(response.status == 201)
        #expect(response.text == "hello")
        #expect(
            response.fields.map { String(decoding: $0.name.bytes, as: UTF8.self) } == [
                "X-A", "x-a", "Content-Type", "Via",
            ])
        #expect(response.values("Via") == ["kong/1.1.2"])
    }

    @Test func `a failed function has a status of its own where one is set`() throws {
        for (config, error, status) in [
            (["unhandled_status": 412] as JSONObject, "Unhandled", 412), (["unhandled_status": 412], "Handled", 200),
            ([:], "Unhandled", 200), (["unhandled_status": 999], "Unhandled", 500),
        ] {
            let asked = ask(config)
            try asked.answer(200, [("X-Amz-Function-Error", error)])
            #expect(asked.response?.status == status)
        }
    }

    @Test func `a call without an answer is a fault of the gateway`() throws {
        for failure in [OutboundFailure.timedOut, .unresolved("no name"), .unreachable("refused"), .closed, .malformed]
        {
            let asked = ask()
            try asked.fail(failure)
            #expect(asked.response?.status == 500)
            #expect(asked.response?.text == #"{"message":"An unexpected error occurred"}"#)
            #expect(asked.outbound.errors == ["[aws-lambda] \(failure.text)"])
        }
    }

    @Test func `a request that has ended is left alone`() throws {
        let asked = ask()
        asked.exchange.requestNumber += 1
        try asked.answer()
        #expect(asked.isWaiting)
    }
}
