// What null means for a field that has a default: where a row cannot do without a value it is refused, elsewhere it is
// kept, whoever writes it.

import ControlPlane
import Schema
import Testing

@Suite struct NullTests {
    /// A kind of row, what it needs, and where it is made.
    struct Sample: Sendable, CustomTestStringConvertible {
        let entity: String
        let body: JSONObject
        let path: String
        /// The parent, as a section of a document around the row.
        var around: (section: String, row: JSONObject)?

        var testDescription: String { entity }

        func document(_ row: JSONObject) -> JSON {
            guard let around else { return ["_format_version": "1.1", entity: [.object(row)]] }
            var parent = around.row
            parent[entity] = [.object(row)]
            return ["_format_version": "1.1", around.section: [.object(parent)]]
        }
    }

    static let samples = [
        Sample(entity: "services", body: ["host": "h.test"], path: "/services"),
        Sample(entity: "routes", body: ["paths": ["/a"]], path: "/routes"),
        Sample(entity: "plugins", body: ["name": "cors"], path: "/plugins"),
        Sample(entity: "upstreams", body: ["name": "up.test"], path: "/upstreams"),
        Sample(
            entity: "targets", body: ["target": "a.test:80"], path: "/upstreams/parent.test/targets",
            around: ("upstreams", ["name": "parent.test"])),
        Sample(
            entity: "jwt_secrets", body: ["key": "k"], path: "/consumers/parent/jwt",
            around: ("consumers", ["username": "parent"])),
    ]

    /// Null is none of the values that a check across fields asks for, so that Kong takes it for each of them.
    private static let judged: Set = ["hash_on", "hash_fallback", "algorithm"]

    private static func refusesNull(_ field: FieldSpec) -> Bool {
        field.isRequired || judged.contains(field.name)
    }

    private func node() async throws -> TestNode {
        let node = try await TestNode()
        await node.send("POST", "/upstreams", ["name": "parent.test"])
        await node.send("POST", "/consumers", ["username": "parent"])
        return node
    }

    private func declared(_ sample: Sample, _ row: JSONObject) throws -> [Row] {
        let reader = DeclarativeReader(context: TestNode.context)
        return try reader.read(document: sample.document(row)).rows.filter { $0.entity == sample.entity }.map(\.row)
    }

    @Test(arguments: [("plugins", "enabled"), ("upstreams", "slots"), ("targets", "weight")])
    func `null is refused where Kong would fail`(entity: String, field: String) async throws {
        let sample = try #require(Self.samples.first { $0.entity == entity })
        let node = try await node()
        var body = sample.body
        body[field] = .null
        let refused = await node.send("POST", sample.path, .object(body))
        #expect(refused.status == 400)
        #expect(refused.json["fields"]?[field] == "required field missing")
        #expect(throws: DeclarativeError.self) { try declared(sample, body) }
    }

    @Test(arguments: samples)
    func `null over a default means the same to the Admin API and in a document`(sample: Sample) async throws {
        let schema = try #require(TestNode.catalog.entities.first { $0.name == sample.entity })
        let defaulted = schema.fields.filter { $0.defaultValue != nil }
        #expect(!defaulted.isEmpty)
        for field in defaulted {
            let node = try await node()
            var body = sample.body
            body[field.name] = .null
            let answer = await node.send("POST", sample.path, .object(body))
            let rows = try? declared(sample, body)
            #expect(answer.status == (Self.refusesNull(field) ? 400 : 201), "\(field.name): \(answer.text)")
            #expect((rows == nil) == Self.refusesNull(field), "\(field.name)")
            #expect(Self.refusesNull(field) || answer.json[field.name] == .null, "\(field.name): \(answer.text)")
            #expect(Self.refusesNull(field) || rows?.first?[field.name] == .null, "\(field.name)")
        }
    }

    @Test(arguments: samples.filter { $0.entity != "targets" })
    func `PATCH with null clears what may be unset and nothing else`(sample: Sample) async throws {
        let schema = try #require(TestNode.catalog.entities.first { $0.name == sample.entity })
        let node = try await node()
        let made = await node.send("POST", sample.path, .object(sample.body))
        let path = sample.path + "/" + (made.json["id"]?.string ?? "")
        for field in schema.fields where field.defaultValue != nil {
            let answer = await node.send("PATCH", path, .object([field.name: .null]))
            let stored = await node.send("GET", path).json[field.name]
            #expect(answer.status == (Self.refusesNull(field) ? 400 : 200), "\(field.name): \(answer.text)")
            #expect(stored == (Self.refusesNull(field) ? made.json[field.name] : .null), "\(field.name)")
        }
    }

    @Test(arguments: ["services", "upstreams", "jwt_secrets"])
    func `an id that is null is refused`(entity: String) async throws {
        let sample = try #require(Self.samples.first { $0.entity == entity })
        var body = sample.body
        body["id"] = .null
        let refused = try await node().send("POST", sample.path, .object(body))
        #expect(refused.status == 400)
        #expect(refused.json["code"] == 3)
        #expect(refused.json["fields"] == ["id": .null])
    }
}
