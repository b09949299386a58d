// What the plugins' tests share: a node with two consumers and their keys, and exchanges made from text.

import NIOCore
import PluginKit
import Plugins
import Schema
import Testing
import Wire

/// A small node without I/O.
struct Scene {
    static let aliceID = "a1a1a1a1-0000-4000-8000-000000000001"
    static let anonymousID = "a1a1a1a1-0000-4000-8000-000000000002"

    let node = NodeState(processID: 4711)
    var directory = Directory()

    init() {
        let alice = Self.consumer(Self.aliceID, username: "alice", customID: nil)
        let anonymous = Self.consumer(Self.anonymousID, username: "anon", customID: "an-1")
        directory.consumers = ShardedTable([(alice.id, alice), (anonymous.id, anonymous)])
        directory.credentials = [ShardedTable(["k1", "k2"].map { ($0.bytes, Self.key($0)) })]
    }

    /// A plugin with these settings on this node.
    func make<P: Plugin>(
        _ type: P.Type, _ config: JSONObject = [:], route: String? = nil, service: String? = nil,
        consumer: String? = nil
    ) -> P {
        let setup = Setup(
            routeID: route, serviceID: service, consumerID: consumer, node: node,
            kinds: ["keyauth_credentials": CredentialKind(index: 0)])
        return P(P.Config(row: config), setup)
    }

    /// A request with `\n` for line ends; the Host header and the empty line are added.
    func request(_ head: String, body: String? = nil) -> Exchange {
        let x = Exchange()
        let text = (head + "\nHost: a.test\n\n").split(separator: "\n", omittingEmptySubsequences: false)
            .joined(separator: "\r\n")
        x.request.bytes = ByteBuffer(string: text)
        let result = x.request.head.parse(text.bytes.span, limits: HeadLimits())
        #expect(result == .complete)
        if let body { x.request.body = .whole(ByteBuffer(string: body)) }
        x.directory = directory
        x.clientAddress = "10.0.0.1".bytes
        return x
    }

    private static func consumer(_ id: String, username: String, customID: String?) -> ConsumerInfo {
        ConsumerInfo(id: id.bytes, username: username.bytes, customID: customID?.bytes, row: [:])
    }

    private static func key(_ key: String) -> CredentialInfo {
        CredentialInfo(id: "id-\(key)".bytes, consumerID: aliceID.bytes, username: nil, row: [:])
    }
}

extension String {
    var bytes: [UInt8] { Array(utf8) }
}

extension Verdict {
    /// The answer, when there is one.
    var response: Response? {
        if case .respond(let response) = self { response } else { nil }
    }

    var isNext: Bool {
        if case .next = self { true } else { false }
    }
}

extension Response {
    var text: String { String(decoding: body, as: UTF8.self) }
}

extension Exchange {
    func upstreamHeader(_ name: HeaderName) -> String? {
        request.header(name).map { String(decoding: $0, as: UTF8.self) }
    }

    func clientHeader(_ name: HeaderName) -> String? {
        response.edits.values(of: name).first.map { String(decoding: $0, as: UTF8.self) }
    }

    var upstreamQuery: String? { request.query.map { String(decoding: $0, as: UTF8.self) } }
    var upstreamBody: String? { request.replacedBody.map { String(decoding: $0, as: UTF8.self) } }
}
