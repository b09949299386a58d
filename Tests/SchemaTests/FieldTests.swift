// The checks of single fields: texts, order, and the shape of errors in lists, maps and records.

import Schema
import Testing

struct FieldTests {
    private static let wrongValues: [(String, JSON, String)] = [
        ("name", 5, "expected a string"),
        ("price", "5", "expected a number"),
        ("is_electric", 1, "expected a boolean"),
        ("labels", "x", "expected a set"),
        ("lamps", true, "expected an array"),
        ("gears", 5, "expected a map"),
        ("front", "x", "expected a record"),
        ("created_at", 1.5, "expected an integer"),
        ("created_at", 0, "expected a valid timestamp"),
        ("created_at", 9_224_318_016_000, "expected a valid timestamp"),
        ("created_at", 18_446_744_073_709_551_616.0, "expected a valid timestamp"),
        ("id", "zz", "expected a valid UUID"),
        ("name", "", "length must be at least 1"),
        ("colour", "blue", "expected one of: red, green"),
        ("price", 101, "value should be between 0 and 100"),
        ("colour", .null, "required field missing"),
        ("name", "a b", "invalid value 'a b': it must only contain alphanumeric and '., -, _, ~' characters"),
    ]

    @Test(arguments: wrongValues)
    func `a wrong value has Kong's text`(field: String, value: JSON, text: String) {
        var input: JSONObject = ["frame": "f"]
        input[field] = value
        #expect(Fixtures.fields(input) == JSONObject([(field, .string(text))]))
    }

    @Test func `a missing required field and unknown ones are reported together`() {
        let violations = Fixtures.violations(["wings": 2, "front": ["tyre": 1]])
        #expect(
            violations.fieldsJSON == [
                "frame": "required field missing", "wings": "unknown field", "front": ["tyre": "unknown field"],
            ])
        #expect(
            violations.message
                == "3 schema violations "
                + "(frame: required field missing; front.tyre: unknown field; wings: unknown field)")
    }

    @Test func `errors of a list stand at the place of the element`() {
        let violations = Fixtures.violations(["frame": "f", "labels": ["ok", "no good", "fine"], "lamps": [.null]])
        #expect(
            violations.fieldsJSON == [
                "labels": [.null, "invalid value: no good"], "lamps": ["required field missing"],
            ])
        #expect(
            violations.message
                == "2 schema violations (labels.2: invalid value: no good; lamps.1: required field missing)")
    }

    @Test func `the first error of a map stands for all of it`() {
        #expect(
            Fixtures.fields(["frame": "f", "gears": ["a": ["teeth": 1], "b": ["teeth": -1]]])
                == ["gears": ["teeth": "value must be greater than 0"]])
        #expect(Fixtures.fields(["frame": "f", "gears": ["a": 5]]) == ["gears": "expected a record"])
        #expect(Fixtures.fields(["frame": "f", "gears": ["a": ["teeth": 13]]]) == ["gears": "no gear has 13 teeth"])
    }

    @Test func `a check of an inner record stands under its own entity key`() {
        #expect(
            Fixtures.fields(["frame": "f", "gears": ["a": ["wheels": 2]]]) == [
                "gears": [
                    "@entity": ["at least one of these fields must be non-empty: 'teeth', 'links'"],
                    "wheels": "unknown field",
                ]
            ])
        #expect(
            Fixtures.fields(["frame": "f", "spares": [["size": 20], ["size": 20, "spokes": 20]]]) == [
                "spares": [.null, ["@entity": ["size and spokes must differ"]]]
            ])
    }

    @Test func `deep errors are printed as a block`() {
        let message = Fixtures.violations(["frame": "f", "spares": [["size": 5]]]).message
        #expect(
            message == """
                schema violation (spares.1: {
                  size = "value should be between 10 and 40"
                })
                """)
    }

    private static let wrongReferences: [(JSON, String)] = [
        ([:], "missing primary key"),
        ("x", "missing primary key"),
        (["id": "x"], "expected a valid UUID"),
        (["id": 5], "expected a string"),
    ]

    @Test(arguments: wrongReferences)
    func `a foreign key needs an id`(value: JSON, text: String) {
        let violations = Fixtures.violations(["frame": "f", "owner": value])
        #expect(violations.fieldsJSON == ["owner": ["id": .string(text)]])
        #expect(violations.message == "schema violation (owner.id: \(text))")
    }

    @Test func `an empty list is an empty record and the other way round`() throws {
        let row = try Fixtures.insert(["frame": "f", "front": [], "lamps": [:], "gears": []])
        #expect(row["front"] == ["size": 28, "spokes": .null])
        #expect(row["lamps"] == [])
        #expect(row["gears"] == [:])
    }

    @Test func `a list in place of a record has only unknown members`() {
        #expect(Fixtures.fields(["frame": "f", "front": [1, 2]]) == ["front": ["unknown field", "unknown field"]])
    }

    private static let rules: [(Schema.Trait, JSON, String)] = [
        (.differs(from: 3), 3, "value must not be 3"),
        (.greaterThan(2.5), 2, "value must be greater than 2.5"),
        (.lengthEquals(2), [1], "length must be 2"),
        (.lengthAtMost(1), [1, 2], "length must be at most 1"),
        (.contains("exp"), ["nbf"], "expected to contain: exp"),
        (.startsWith("/"), "a", "should start with: /"),
        (.matches("^%u+$") { $0 == "A" }, "b", "invalid value: b"),
        (.equals(true), false, "value must be true"),
        (.mustBeNull, 1, "value must be null"),
        (.regex, "(", "not a valid regex: ("),
    ]

    @Test(arguments: rules)
    func `a rule has Kong's text`(trait: Schema.Trait, value: JSON, text: String) {
        var context = Fixtures.context
        context.syntax.regexError = { _ in "bad" }
        let rules = FieldSpec(name: "x", kind: .boolean, traits: [trait]).rules
        #expect(rules.compactMap { $0.check(value, context) } == [text])
    }

    @Test func `rules run in Kong's order whatever order they are declared in`() {
        let spec = FieldSpec(
            name: "x", kind: .string, traits: [.text { _ in "custom" }, .startsWith("/"), .oneOf(["a"])])
        #expect(spec.rules.map(\.order) == [.oneOf, .lengthAtLeast, .startsWith, .custom])
    }
}
