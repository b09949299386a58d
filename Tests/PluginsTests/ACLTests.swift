// Whom acl lets in.

import PluginKit
import Plugins
import Schema
import Testing

@Suite struct ACLTests {
    private func verdict(
        _ groups: [String], _ config: JSONObject, isKnown: Bool = true, _ fields: String = ""
    ) -> (Verdict, Exchange) {
        var scene = Scene()
        let rows: [JSONObject] = groups.map { ["consumer": ["id": .string(Scene.aliceID)], "group": .string($0)] }
        for lookup in ACL.lookups { scene.fill(lookup, rows) }
        let x = scene.request("GET / HTTP/1.1" + fields)
        if isKnown { scene.identifyAlice(x) }
        return (scene.make(ACL.self, config).access(x), x)
    }

    @Test func `one group of the whitelist is enough`() {
        let (verdict, x) = verdict(["users", "admins"], ["whitelist": ["admins", "ops"]])
        #expect(verdict.isNext)
        #expect(x.upstreamHeader("X-Consumer-Groups") == "users, admins")
    }

    @Test func `without a group of the whitelist a consumer is refused`() {
        for groups in [[], ["users"], ["Admins"]] {
            let (verdict, _) = verdict(groups, ["whitelist": ["admins"]])
            #expect(verdict.response?.status == 403)
            #expect(verdict.response?.text == #"{"message":"You cannot consume this service"}"#)
        }
    }

    @Test func `one group of the blacklist is too many`() {
        #expect(!verdict(["a", "b"], ["blacklist": ["b"]]).0.isNext)
        #expect(verdict(["a"], ["blacklist": ["b"]]).0.isNext)
        #expect(verdict([], ["blacklist": ["b"]]).0.isNext)
    }

    @Test func `a client that nobody knows is refused by either list`() {
        #expect(!verdict([], ["blacklist": ["b"]], isKnown: false).0.isNext)
        #expect(!verdict([], ["whitelist": ["b"]], isKnown: false).0.isNext)
    }

    @Test func `a client's own groups never reach the upstream`() {
        let forged = "\nX-Consumer-Groups: root"
        let hidden = verdict(["a"], ["whitelist": ["a"], "hide_groups_header": true], forged).1
        #expect(hidden.upstreamHeader("X-Consumer-Groups") == nil)
        #expect(verdict(["a"], ["whitelist": ["a"]], forged).1.upstreamHeader("X-Consumer-Groups") == "a")
        #expect(verdict([], ["blacklist": ["b"]], forged).1.upstreamHeader("X-Consumer-Groups") == "")
    }
}
