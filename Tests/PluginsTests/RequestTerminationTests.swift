// The answers of request-termination.

import PluginKit
import Plugins
import Schema
import Testing

@Suite struct RequestTerminationTests {
    private let scene = Scene()

    private func answer(_ config: JSONObject) -> Response? {
        scene.make(RequestTermination.self, config).access(scene.request("GET / HTTP/1.1")).response
    }

    @Test(arguments: [
        (401, #"{"message":"Unauthorized"}"#), (404, #"{"message":"Not found"}"#),
        (405, #"{"message":"Method not allowed"}"#), (500, #"{"message":"An unexpected error occurred"}"#),
        (502, #"{"message":"Bad Gateway"}"#), (503, #"{"message":"Service unavailable"}"#), (418, "{}"), (200, "{}"),
    ])
    func `a status alone has its usual message`(status: Int, text: String) {
        let response = answer(["status_code": .number(Double(status))])
        #expect(response?.status == status)
        #expect(response?.text == text)
        #expect(response?.fields.first?.value == "application/json; charset=utf-8".bytes)
    }

    @Test func `the default is 503`() {
        #expect(answer([:])?.status == 503)
    }

    @Test func `a message is wrapped in JSON`() {
        #expect(answer(["status_code": 403, "message": "a \"b\""])?.text == #"{"message":"a \"b\""}"#)
    }

    @Test func `a body is sent as it is, with its type or none`() {
        let typed = answer(["body": "<h1>", "content_type": "text/html"])
        #expect(typed?.text == "<h1>")
        #expect(typed?.fields.map(\.value) == ["text/html".bytes])
        #expect(answer(["body": "x"])?.fields.isEmpty == true)
    }
}
