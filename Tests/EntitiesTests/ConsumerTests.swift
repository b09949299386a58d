// Consumers need a name or a custom id.

import Entities
import Schema
import Testing

struct ConsumerTests {
    private let consumers = EntityChecker(Consumer.self)

    @Test func `a consumer is completed`() throws {
        #expect(
            try consumers.insert(["username": "bob"]) == [
                "id": .string(EntityChecker.id), "created_at": 1500, "username": "bob", "custom_id": .null,
                "tags": .null,
            ])
    }

    @Test func `a consumer without names is refused`() {
        #expect(
            EntityError(consumers.violations([:])).json == [
                "code": 2, "name": "schema violation",
                "message":
                    "schema violation (at least one of these fields must be non-empty: 'custom_id', 'username')",
                "fields": ["@entity": ["at least one of these fields must be non-empty: 'custom_id', 'username'"]],
            ])
    }

    @Test func `an empty name is two violations`() {
        #expect(
            consumers.violations(["username": ""]).message
                == "2 schema violations (at least one of these fields must be non-empty: 'custom_id', 'username'; "
                + "username: length must be at least 1)")
        #expect(consumers.fields(["username": "x", "custom_id": ""]) == ["custom_id": "length must be at least 1"])
    }

    @Test func `clearing both names is refused as an update`() throws {
        let stored = try consumers.insert(["username": "bob"])
        let text = "when updating, at least one of these fields must be non-empty: 'custom_id', 'username'"
        do {
            _ = try consumers.schema.validateUpdate(stored, with: ["username": .null], in: consumers.context)
            Issue.record("the update was accepted")
        } catch {
            #expect(error.fieldsJSON == ["@entity": [.string(text)]])
        }
    }
}
