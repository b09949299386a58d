// What plugins see of a request and change about it.

import PluginKit
import Testing
import Wire

@Suite struct ExchangeRequestTests {
    private let x = Exchange.parsed("GET /p?a=1 HTTP/1.1\nHost: a\nX-One: 1\nx-two: 2\nX-TWO: 3\nUser-Agent: u")

    @Test func `a received field is found without regard to case`() {
        #expect(x.request.receivedField("x-ONE") != .missing)
        #expect(x.request.receivedField("X-Two") == .several)
        #expect(x.request.receivedField("X-On") == .missing)
        #expect(x.request.receivedField("user-agent") != .missing)
        #expect(x.request.receivedField("Accept") == .missing)
    }

    @Test func `headers are seen as earlier plugins left them`() {
        x.request.edits.set("X-One", "9".utf8)
        x.request.edits.add("X-Two", "4".utf8)
        #expect(x.upstreamHeader("x-one") == "9")
        #expect(x.request.headerValues("X-Two") == ["2", "3", "4"].map { Array($0.utf8) })
    }

    @Test func `an underscore in a name stands for a dash as well`() {
        #expect(x.upstreamHeader("x_one") == "1")
    }

    @Test func `clearing a header that is not there leaves no edit`() {
        x.request.clear("X-Nothing")
        #expect(x.request.edits.isEmpty)
        x.request.clear("X-One")
        #expect(x.upstreamHeader("X-One") == nil)
        x.request.setOrClear("X-Two", nil)
        #expect(x.upstreamHeader("X-Two") == nil)
        x.request.setOrClear("X-Two", [0x35])
        #expect(x.upstreamHeader("X-Two") == "5")
    }

    @Test func `the query is the replaced one once there is one`() {
        #expect(x.request.query == Array("a=1".utf8))
        x.request.replacedQuery = []
        #expect(x.request.query == [])
    }

    @Test func `an added field takes the place of an earlier one`() {
        x.response.edits.replaceAdded("WWW-Authenticate", "one".utf8)
        x.response.edits.replaceAdded("www-authenticate", "two".utf8)
        #expect(x.response.edits.values(of: "WWW-Authenticate").map { Array($0) } == [Array("two".utf8)])
        let name = Array("www-authenticate".utf8)
        let isHidden = x.response.edits.hides(name.span, .wwwAuthenticate)
        #expect(!isHidden)
    }
}
