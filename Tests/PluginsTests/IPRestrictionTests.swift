// Which addresses ip-restriction lets in.

import PluginKit
import Plugins
import Schema
import Testing

@Suite struct IPRestrictionTests {
    private let scene = Scene()

    private func isAllowed(_ address: String, _ config: JSONObject) -> Bool {
        let x = scene.request("GET / HTTP/1.1")
        x.clientAddress = address.bytes
        return scene.make(IPRestriction.self, config).access(x).isNext
    }

    @Test(
        "an address belongs to a network when their first bits agree",
        arguments: [
            ("10.0.0.1", "10.0.0.1", true), ("10.0.0.2", "10.0.0.1", false), ("10.9.8.7", "10.0.0.0/8", true),
            ("11.9.8.7", "10.0.0.0/8", false), ("10.0.0.129", "10.0.0.200/25", true),
            ("10.0.0.127", "10.0.0.128/25", false), ("1.2.3.4", "0.0.0.0/0", true), ("1.2.3.4", "1.2.3.4/32", true),
        ])
    func membership(address: String, network: String, belongs: Bool) {
        #expect(isAllowed(address, ["whitelist": [.string(network)]]) == belongs)
        #expect(isAllowed(address, ["blacklist": [.string(network)]]) == !belongs)
    }

    @Test func `an IPv6 client passes every blacklist and no whitelist`() {
        #expect(isAllowed("::1", ["blacklist": ["0.0.0.0/0"]]))
        #expect(!isAllowed("::1", ["whitelist": ["0.0.0.0/0"]]))
    }

    @Test func `a client without an address is refused`() {
        let x = scene.request("GET / HTTP/1.1")
        x.clientAddress = "unix:".bytes
        let verdict = scene.make(IPRestriction.self, ["blacklist": ["1.2.3.4"]]).access(x)
        #expect(verdict.response?.status == 403)
        #expect(verdict.response?.text.contains("unix domain sockets are not supported") == true)
    }
}
