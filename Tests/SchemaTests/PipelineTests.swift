// From a body to a row: defaults, made-up values, merges, nulls.

import Schema
import Testing

struct PipelineTests {
    @Test func `a new row has every field`() throws {
        let row = try Fixtures.insert(["frame": "f"])
        #expect(
            row == [
                "id": .string(Fixtures.id), "created_at": 1500, "updated_at": 1500, "name": .null, "frame": "f",
                "colour": "green", "price": .null, "is_electric": false, "labels": .null, "lamps": ["front"],
                "front": ["size": 28, "spokes": .null], "spares": [], "gears": [:], "lock": .null, "key": "token",
                "anonymous": .null, "owner": .null,
            ])
        #expect(row.keys.first == "id")
    }

    @Test func `an explicit null is kept where the field may be null`() throws {
        let row = try Fixtures.insert(["frame": "f", "lamps": .null, "is_electric": .null, "key": .null])
        #expect(row["lamps"] == .null)
        #expect(row["is_electric"] == .null)
        #expect(row["key"] == .null)
        #expect(Fixtures.fields(["frame": "f", "front": .null]) == ["front": "required field missing"])
    }

    @Test func `number timestamps have milliseconds`() throws {
        #expect(try Fixtures.insert([:], into: Owner.self)["created_at"] == 1500.678)
    }

    @Test func `given ids and times of creation are kept and ids are lower-cased`() throws {
        let row = try Fixtures.insert([
            "frame": "f", "id": "AAAAAAAA-2222-4333-8444-555555555555", "created_at": 7, "updated_at": 7,
            "owner": ["id": "BBBBBBBB-2222-4333-8444-555555555555", "x": 1],
        ])
        #expect(row["id"] == "aaaaaaaa-2222-4333-8444-555555555555")
        #expect(row["created_at"] == 7)
        #expect(row["updated_at"] == 1500)
        #expect(row["owner"] == ["id": "bbbbbbbb-2222-4333-8444-555555555555"])
    }

    @Test func `sets lose duplicates and members of listed records are completed`() throws {
        let row = try Fixtures.insert([
            "frame": "f", "labels": ["a", "b", "a"], "spares": [["spokes": 1]], "gears": ["one": ["teeth": 1]],
        ])
        #expect(row["labels"] == ["a", "b"])
        #expect(row["spares"] == [["size": 28, "spokes": 1]])
        #expect(row["gears"] == ["one": ["teeth": 1]])
    }

    @Test func `an empty text in a legacy field is null`() throws {
        #expect(try Fixtures.insert(["frame": "f", "anonymous": ""])["anonymous"] == .null)
    }

    @Test func `a shorthand overrides what it stands for`() throws {
        let row = try Fixtures.insert(["frame": "old", "model": "new"])
        #expect(row["frame"] == "new")
        #expect(row["price"] == 1)
        #expect(row["model"] == nil)
    }

    @Test func `an update merges records, replaces lists and stamps the row`() throws {
        var stored = try Fixtures.insert(["frame": "f", "front": ["size": 20, "spokes": 3], "lamps": ["a", "b"]])
        stored["created_at"] = 1
        stored["updated_at"] = 1
        let row = try Bicycle.entitySchema.validateUpdate(
            stored, with: ["front": ["size": 21], "lamps": ["c"], "key": .null], in: Fixtures.context)
        #expect(row["front"] == ["size": 21, "spokes": 3])
        #expect(row["lamps"] == ["c"])
        #expect(row["key"] == .null)
        #expect(row["created_at"] == 1)
        #expect(row["updated_at"] == 1500)
    }

    @Test func `an update refuses null for a required field`() throws {
        let stored = try Fixtures.insert(["frame": "f"])
        let violations = Fixtures.updateViolations(stored, ["frame": .null, "nope": 1], Bicycle.self)
        #expect(violations.fieldsJSON == ["frame": "required field missing", "nope": "unknown field"])
    }

    @Test func `a replaced row goes back to its defaults`() throws {
        let stored = try Fixtures.insert(["frame": "f", "price": 5])
        let row = try Bicycle.entitySchema.validateUpsert(["frame": "g"], over: stored, in: Fixtures.context)
        #expect(row["price"] == .null)
    }

    @Test func `the last change of a row sees what was given`() throws {
        let stored = try Fixtures.insert(["frame": "f", "lock": "x"])
        #expect(stored["lock"] == "locked x")
        let row = try Bicycle.entitySchema.validateUpdate(stored, with: ["price": 1], in: Fixtures.context)
        #expect(row["lock"] == "locked x")
    }

    @Test func `a stored row is completed with nulls and required defaults`() {
        let row = Bicycle.entitySchema.completed(["frame": "f", "colour": .null, "front": [:]], in: Fixtures.context)
        #expect(row["colour"] == "green")
        #expect(row["lamps"] == .null)
        #expect(row["front"] == ["size": .null, "spokes": .null])
        #expect(row["updated_at"] == .null)
    }

    @Test func `a row and its typed form are the same`() throws {
        let row = try Fixtures.insert(["frame": "f", "labels": ["a"], "spares": [[:]], "gears": ["x": ["teeth": 2]]])
        let bicycle = Bicycle(row: row)
        #expect(bicycle.colour == .green)
        #expect(bicycle.labels.map(Array.init) == ["a"])
        #expect(bicycle.spares.map(\.size) == [28])
        #expect(bicycle.gears["x"]?.teeth == 2)
        #expect(Bicycle(row: bicycle.row).row == bicycle.row)
    }

    @Test func `a null in a field that is not optional reads as the default`() {
        #expect(Bicycle(row: ["lamps": .null, "is_electric": .null]).lamps == ["front"])
    }

    @Test func `a failing conditional is reported twice`() {
        let violations = Fixtures.violations(["frame": "f", "colour": "red"])
        let text = "failed conditional validation given value of field 'colour'"
        #expect(violations.fieldsJSON == ["@entity": [.string(text)], "lock": "required field missing"])
        #expect(violations.message == "2 schema violations (\(text); lock: required field missing)")
    }

    @Test func `equal values of distinct fields are refused`() {
        #expect(
            Fixtures.fields(["frame": "f", "name": "f"])
                == ["@entity": ["values of these fields must be distinct: 'name', 'frame'"]])
    }
}
