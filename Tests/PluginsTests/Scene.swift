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

    let node = NodeState(processID: 4711, nodeID: "node-1")
    var directory = Directory()
    private var kinds = ["keyauth_credentials": CredentialKind(index: 0)]
    private var tables: [Lookup: LookupTable] = [:]

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
            routeID: route, serviceID: service, consumerID: consumer, node: node, kinds: kinds, tables: tables,
            compile: { SwiftPattern($0) })
        return P(P.Config(row: config), setup)
    }

    /// Gives alice a credential of that entity, found under that field's value.
    mutating func add(_ entity: String, by field: String, _ row: JSONObject) {
        let key = row[field]?.string ?? ""
        let info = CredentialInfo(
            id: "id-\(key)".bytes, consumerID: Self.aliceID.bytes, username: row["username"]?.string?.bytes, row: row)
        if kinds[entity] == nil {
            kinds[entity] = CredentialKind(index: directory.credentials.count)
            directory.credentials.append(ShardedTable())
        }
        if let kind = kinds[entity] { directory.credentials[kind.index].set(key.bytes, info) }
    }

    /// Makes these rows the whole table of a lookup.
    mutating func fill(_ lookup: Lookup, _ rows: [JSONObject]) {
        let lists = Dictionary(grouping: rows) { lookup.key(of: $0) ?? [] }
        tables[lookup] = LookupTable(index: directory.lookups.count)
        directory.lookups.append(ShardedTable(lists.map { ($0, RowList($1)) }))
    }

    /// Who sends a request, when an authentication plugin has run.
    func identifyAlice(_ x: Exchange) {
        x.identify(directory.consumers.find(Self.aliceID.bytes), nil)
    }

    /// Gives an exchange an upstream's answer, head only.
    func answer(_ x: Exchange, _ head: String) {
        let text = (head + "\n\n").split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n")
        x.response.bytes = ByteBuffer(string: text)
        #expect(x.response.head.parse(text.bytes.span, limits: HeadLimits()) == .complete)
        x.response.isProxied = true
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

/// Patterns in Swift's own syntax, which is that of PCRE for all that tests need.
private struct SwiftPattern: TextPattern {
    let pattern: String

    init?(_ pattern: String) {
        guard (try? Regex(pattern)) != nil else { return nil }
        self.pattern = pattern
    }

    func matches(_ text: borrowing Span<UInt8>) -> Bool {
        let bytes = (0..<text.count).map { text[$0] }
        return (try? Regex(pattern).firstMatch(in: String(decoding: bytes, as: UTF8.self))) != nil
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
