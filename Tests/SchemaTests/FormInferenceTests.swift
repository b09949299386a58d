// The texts of a form become what the schema says.

import Schema
import Testing

struct FormInferenceTests {
    private func inferred(_ form: JSONObject) -> JSONObject {
        Bicycle.entitySchema.inferred(fromForm: form, in: Fixtures.context)
    }

    private static let values: [(String, JSON, JSON)] = [
        ("price", "12.5", 12.5), ("price", " 7 ", 7), ("price", "0x10", 16), ("price", "1e2", 100),
        ("price", "eighty", "eighty"), ("price", "nan", "nan"), ("is_electric", "true", true),
        ("is_electric", "yes", "yes"), ("is_electric", "1", "1"), ("name", "007", "007"), ("name", "", .null),
        ("lamps", "a", ["a"]), ("lamps", "a,b", ["a,b"]), ("lamps", ["a", "b"], ["a", "b"]), ("lamps", "", .null),
        ("front", ["size": "20"], ["size": 20]), ("gears", ["x": ["teeth": "3"]], ["x": ["teeth": 3]]),
        ("spares", [["size": "20"]], [["size": 20]]), ("owner", ["id": "7"], ["id": "7"]),
        ("owner", ["id": ""], ["id": .null]), ("wings", "2", "2"), ("wings", "", ""),
    ]

    @Test(arguments: values)
    func `a text becomes a value of its field`(field: String, text: JSON, value: JSON) {
        #expect(inferred(JSONObject([(field, text)])) == JSONObject([(field, value)]))
    }

    @Test func `a plugin's settings are known by its name`() {
        let schema = Addon.entitySchema
        let form: JSONObject = ["config": ["minute": "5"]]
        #expect(schema.inferred(fromForm: form, in: Fixtures.context) == form)
        #expect(
            schema.inferred(fromForm: form, stored: ["name": "limiter"], in: Fixtures.context)
                == ["config": ["minute": 5]])
        #expect(
            schema.inferred(fromForm: ["name": "limiter", "config": ["minute": "5"]], in: Fixtures.context)
                == ["name": "limiter", "config": ["minute": 5]])
    }
}
