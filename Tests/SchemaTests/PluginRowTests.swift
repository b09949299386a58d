// Rows whose configuration has the schema of the plugin they name.

import Schema
import Testing

struct PluginRowTests {
    private let schema = Addon.entitySchema

    private func violations(_ input: JSONObject) -> Violations {
        Fixtures.violations(input, in: Addon.self)
    }

    @Test func `the configuration is completed`() throws {
        let row = try Fixtures.insert(["name": "limiter", "config": ["minute": 5]], into: Addon.self)
        #expect(row["config"] == ["minute": 5, "hour": .null, "policy": "local", "host": .null])
        #expect(row["run_on"] == "first")
    }

    @Test(arguments: [("nope", "nope"), (5, "5"), ("", "")] as [(JSON, String)])
    func `an unknown plugin is not enabled`(name: JSON, text: String) {
        let error = "plugin '\(text)' not enabled; add it to the 'plugins' configuration property"
        #expect(violations(["name": name, "config": ["x": 1]]).fieldsJSON == ["name": .string(error)])
    }

    @Test func `a plugin row needs a name`() {
        #expect(violations(["config": [:]]).fieldsJSON == ["name": "required field missing"])
    }

    @Test func `errors of the configuration have its path`() {
        let wrong = violations(["name": "limiter", "config": ["minute": 0, "x": 1]])
        #expect(wrong.fieldsJSON == ["config": ["minute": "value must be greater than 0", "x": "unknown field"]])
        #expect(
            wrong.message
                == "2 schema violations (config.minute: value must be greater than 0; config.x: unknown field)")
        #expect(violations(["name": "limiter", "config": .null])["config"] == "required field missing")
        #expect(violations(["name": "limiter", "config": "x"])["config"] == "expected a record")
        #expect(
            violations(["name": "limiter", "config": ["minute": 2, "hour": 1]])["config"]
                == "hour is lower than minute")
    }

    @Test func `the plugin's own checks see the whole row`() {
        let text = "at least one of these fields must be non-empty: 'config.minute', 'config.hour'"
        #expect(violations(["name": "limiter"]).fieldsJSON == ["@entity": [.string(text)]])
        #expect(
            violations(["name": "limiter", "config": ["hour": 1, "policy": "redis", "host": "r:1"]]).fieldsJSON == [
                "@entity": ["failed conditional validation given value of field 'config.policy'"],
                "config": ["host": "must not have a port"],
            ])
    }

    @Test func `the plugin narrows the fields of the row`() {
        let wrong = violations([
            "name": "limiter", "config": ["hour": 1], "consumer": ["id": .string(Fixtures.id)], "run_on": "all",
            "protocols": ["tcp"],
        ])
        #expect(
            wrong.fieldsJSON == [
                "consumer": "value must be null", "run_on": "expected one of: first, second",
                "protocols": ["expected one of: http, https"],
            ])
    }

    @Test func `an update merges the configuration and says so in its checks`() throws {
        let stored = try Fixtures.insert(["name": "limiter", "config": ["minute": 5]], into: Addon.self)
        let row = try schema.validateUpdate(stored, with: ["config": ["hour": 9]], in: Fixtures.context)
        #expect(row["config"]?["minute"] == 5)
        #expect(row["config"]?["hour"] == 9)
        let text = "when updating, at least one of these fields must be non-empty: 'config.minute', 'config.hour'"
        #expect(
            Fixtures.updateViolations(stored, ["config": ["minute": .null]], Addon.self).fieldsJSON
                == ["@entity": [.string(text)]])
    }

    @Test func `PUT on a stored plugin keeps what it does not mention`() throws {
        let stored = try Fixtures.insert(["name": "limiter", "config": ["minute": 5]], into: Addon.self)
        let row = try schema.validateUpsert(
            ["name": "limiter", "config": ["host": "a"]], over: stored, in: Fixtures.context)
        #expect(row["config"]?["minute"] == 5)
        #expect(row["config"]?["host"] == "a")
    }

    @Test func `the schema document has Kong's form`() {
        #expect(
            Fixtures.limiter.config.document == [
                "fields": [
                    ["minute": ["type": "number", "gt": 0]],
                    ["hour": ["type": "number", "gt": 0]],
                    ["policy": ["type": "string", "one_of": ["local", "redis"], "default": "local"]],
                    ["host": ["type": "string"]],
                ]
            ])
    }

    @Test func `records, lists and maps are shown with what is in them`() {
        let document = Bicycle.schema.document["fields"]?.array ?? []
        let size: JSON = ["type": "integer", "default": 28, "between": [10, 40]]
        let wheel: JSON = [["size": size], ["spokes": ["type": "integer"]]]
        let gear: JSON = [["teeth": ["type": "number", "gt": 0]], ["links": ["type": "number", "gt": 0]]]
        #expect(document.contains(["front": ["type": "record", "fields": wheel, "required": true]]))
        #expect(
            document.contains([
                "spares": ["type": "array", "default": [], "elements": ["type": "record", "fields": wheel]]
            ]))
        #expect(
            document.contains([
                "gears": [
                    "type": "map", "default": [:], "keys": ["type": "string"],
                    "values": [
                        "type": "record", "fields": gear,
                        "entity_checks": [["at_least_one_of": ["teeth", "links"]]],
                    ],
                ]
            ]))
        #expect(document.contains(["anonymous": ["type": "string", "uuid": true, "legacy": true]]))
    }
}

extension Violations {
    fileprivate subscript(field: String) -> JSON? { fieldsJSON[field] }
}
