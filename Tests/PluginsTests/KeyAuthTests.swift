// Whom key-auth lets pass, and what it tells the upstream.

import PluginKit
import Plugins
import Schema
import Testing

@Suite struct KeyAuthTests {
    private let scene = Scene()

    private func verdict(_ head: String, _ config: JSONObject = [:]) -> (Verdict, Exchange) {
        let x = scene.request(head)
        return (scene.make(KeyAuth.self, config).access(x), x)
    }

    @Test(arguments: ["GET / HTTP/1.1", "GET / HTTP/1.1\napikey:", "GET /?apikey= HTTP/1.1", "GET /?apikey HTTP/1.1"])
    func `a request without a key is refused with a challenge`(head: String) {
        let (verdict, x) = verdict(head)
        #expect(verdict.response?.status == 401)
        #expect(verdict.response?.text == #"{"message":"No API key found in request"}"#)
        #expect(x.clientHeader("WWW-Authenticate") == "Key realm=\"kong\"")
    }

    @Test(arguments: ["GET / HTTP/1.1\nApiKey: k1", "GET /?apikey=k1&x=1 HTTP/1.1", "GET /?api%6bey=%6b1 HTTP/1.1"])
    func `a known key identifies its consumer`(head: String) {
        let (verdict, x) = verdict(head)
        #expect(verdict.isNext)
        #expect(x.consumer?.username == "alice".bytes)
        #expect(x.credential?.id == "id-k1".bytes)
        #expect(x.upstreamHeader("X-Consumer-ID") == Scene.aliceID)
        #expect(x.upstreamHeader("X-Consumer-Username") == "alice")
        #expect(x.upstreamHeader("X-Consumer-Custom-ID") == nil)
    }

    @Test func `an unknown key is refused without a challenge`() {
        let (verdict, x) = verdict("GET / HTTP/1.1\napikey: nobody's")
        #expect(verdict.response?.text == #"{"message":"Invalid authentication credentials"}"#)
        #expect(x.clientHeader("WWW-Authenticate") == nil)
    }

    @Test(arguments: ["GET / HTTP/1.1\napikey: k1\napikey: k1", "GET /?apikey=k1&apikey=k2 HTTP/1.1"])
    func `a key given twice is refused`(head: String) {
        let (verdict, _) = verdict(head)
        #expect(verdict.response?.status == 401)
        #expect(verdict.response?.text == #"{"message":"Duplicate API key found"}"#)
    }

    @Test func `the header wins over the query`() {
        #expect(verdict("GET /?apikey=wrong HTTP/1.1\napikey: k1").0.isNext)
        #expect(verdict("GET /?apikey=k1 HTTP/1.1\napikey: wrong").0.response?.status == 401)
    }

    @Test func `the names are tried in their order and underscores stand for dashes`() {
        let config: JSONObject = ["key_names": ["x_token", "tok"]]
        #expect(verdict("GET / HTTP/1.1\nX-Token: k1", config).0.isNext)
        #expect(verdict("GET /?tok=k1 HTTP/1.1", config).0.isNext)
        #expect(verdict("GET /?tok=k1 HTTP/1.1\nx-token: wrong", config).0.response?.status == 401)
        #expect(verdict("GET / HTTP/1.1\napikey: k1", config).0.response?.status == 401)
    }

    @Test func `the client's own identity headers are replaced or removed`() {
        let (_, x) = verdict(
            """
            GET / HTTP/1.1
            apikey: k1
            X-Consumer-ID: forged
            X-Consumer-Custom-ID: c
            X-Credential-Username: u
            X-Anonymous-Consumer: true
            """)
        #expect(x.upstreamHeader("X-Consumer-ID") == Scene.aliceID)
        #expect(x.upstreamHeader("X-Consumer-Custom-ID") == nil)
        #expect(x.upstreamHeader("X-Credential-Username") == nil)
        #expect(x.upstreamHeader("X-Anonymous-Consumer") == nil)
    }

    @Test func `preflight requests pass when they are not to be checked`() {
        #expect(verdict("OPTIONS / HTTP/1.1", ["run_on_preflight": false]).0.isNext)
        #expect(verdict("OPTIONS / HTTP/1.1").0.response?.status == 401)
    }

    @Test func `a hidden key does not reach the upstream`() {
        let config: JSONObject = ["hide_credentials": true]
        let (_, inHeader) = verdict("GET /?z=2&apikey=k2 HTTP/1.1\napikey: k1", config)
        #expect(inHeader.upstreamHeader("apikey") == nil)
        #expect(inHeader.upstreamQuery == "z=2")
        let (_, inQuery) = verdict("GET /?apikey=k1 HTTP/1.1", config)
        #expect(inQuery.upstreamQuery == "")
        let (_, untouched) = verdict("GET /?b=1&a=%20 HTTP/1.1\napikey: k1", config)
        #expect(untouched.request.replacedQuery == nil)
    }

    @Test func `without hiding the key reaches the upstream`() {
        let (_, x) = verdict("GET /?apikey=k1 HTTP/1.1")
        #expect(x.upstreamQuery == "apikey=k1")
        #expect(x.request.replacedQuery == nil)
    }
}

@Suite struct KeyAuthBodyTests {
    private let scene = Scene()

    private func post(_ type: String, _ body: String, hides: Bool = false) -> (Verdict, Exchange) {
        let x = scene.request("POST / HTTP/1.1\nContent-Type: \(type)", body: body)
        let config: JSONObject = ["key_in_body": true, "hide_credentials": .bool(hides)]
        return (scene.make(KeyAuth.self, config).access(x), x)
    }

    @Test func `the body is only asked for when it may carry the key`() {
        #expect(scene.make(KeyAuth.self, ["key_in_body": true]).readsBody)
        #expect(!scene.make(KeyAuth.self).readsBody)
    }

    @Test(arguments: [
        ("application/x-www-form-urlencoded", "a=1&apikey=k1"), ("application/json", #"{"apikey": "k1"}"#),
        (
            "multipart/form-data; boundary=b",
            "--b\r\nContent-Disposition: form-data; name=\"apikey\"\r\n\r\nk1\r\n--b--"
        ),
    ])
    func `a key in the body is accepted`(type: String, body: String) {
        #expect(post(type, body).0.isNext)
    }

    @Test(arguments: [("text/plain", "apikey=k1"), ("application/json", "{not json")])
    func `a body that can't be read is refused with 400`(type: String, body: String) {
        let (verdict, _) = post(type, body)
        #expect(verdict.response?.status == 400)
        #expect(verdict.response?.text == #"{"message":"Cannot process request body"}"#)
    }

    @Test func `a list in JSON is a duplicate key and a number is none`() {
        #expect(post("application/json", #"{"apikey": ["k1"]}"#).0.response?.text.contains("Duplicate") == true)
        #expect(post("application/json", #"{"apikey": 5}"#).0.response?.text.contains("No API key") == true)
    }

    @Test func `a hidden key is taken out of the body`() {
        #expect(post("application/x-www-form-urlencoded", "a=1&apikey=k1&b=2", hides: true).1.upstreamBody == "a=1&b=2")
        #expect(post("application/json", #"{"apikey": "k1", "n": 5}"#, hides: true).1.upstreamBody == #"{"n":5}"#)
    }
}

@Suite struct KeyAuthAnonymousTests {
    private let scene = Scene()
    private let config: JSONObject = ["anonymous": .string(Scene.anonymousID.uppercased())]

    @Test func `a request without a key passes as the anonymous consumer and keeps the challenge`() {
        let x = scene.request("GET / HTTP/1.1\nX-Consumer-Username: forged\nX-Credential-Username: forged")
        #expect(scene.make(KeyAuth.self, config).access(x).isNext)
        #expect(x.consumer?.username == "anon".bytes)
        #expect(x.credential == nil)
        #expect(x.upstreamHeader("X-Consumer-Username") == "anon")
        #expect(x.upstreamHeader("X-Consumer-Custom-ID") == "an-1")
        #expect(x.upstreamHeader("X-Anonymous-Consumer") == "true")
        #expect(x.upstreamHeader("X-Credential-Username") == nil)
        #expect(x.clientHeader("WWW-Authenticate") == "Key realm=\"kong\"")
    }

    @Test func `a wrong key passes as the anonymous consumer without a challenge`() {
        let x = scene.request("GET / HTTP/1.1\napikey: wrong")
        #expect(scene.make(KeyAuth.self, config).access(x).isNext)
        #expect(x.clientHeader("WWW-Authenticate") == nil)
    }

    @Test func `an anonymous consumer that does not exist is an error of the gateway`() {
        let x = scene.request("GET / HTTP/1.1")
        let verdict = scene.make(KeyAuth.self, ["anonymous": "11111111-2222-4333-8444-555555555555"]).access(x)
        #expect(verdict.response?.status == 500)
        #expect(verdict.response?.text == #"{"message":"An unexpected error occurred"}"#)
    }

    @Test func `nothing is asked for once another plugin has accepted the client`() {
        let x = scene.request("GET / HTTP/1.1\napikey: k1")
        _ = scene.make(KeyAuth.self).access(x)
        #expect(
            scene.make(KeyAuth.self, ["anonymous": .string(Scene.anonymousID), "key_names": ["b"]]).access(x).isNext)
        #expect(x.consumer?.username == "alice".bytes)
        #expect(scene.make(KeyAuth.self, ["key_names": ["b"]]).access(x).response?.status == 401)
    }

    @Test func `an empty anonymous id means none`() {
        let x = scene.request("GET / HTTP/1.1")
        #expect(scene.make(KeyAuth.self, ["anonymous": ""]).access(x).response?.status == 401)
    }
}
