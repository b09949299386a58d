// What the tests of the entities share: a catalog of the core entities and the error object of a refused row.

import Entities
import Schema

struct EntityChecker {
    let schema: EntitySchema
    let context: ValidationContext

    init(_ entity: any Entity.Type, syntax: SyntaxChecks = SyntaxChecks()) {
        schema = entity.entitySchema
        context = ValidationContext(
            catalog: Catalog(core: CoreEntities.all, plugins: []), syntax: syntax, now: { 1500 },
            makeID: { EntityChecker.id }, makeToken: { "token" })
    }

    static let id = "11111111-2222-4333-8444-555555555555"

    func insert(_ input: JSONObject) throws(Violations) -> Row {
        try schema.validateInsert(input, in: context)
    }

    /// What is wrong with a new row.
    func violations(_ input: JSONObject) -> Violations {
        do {
            _ = try insert(input)
            return Violations()
        } catch {
            return error
        }
    }

    func fields(_ input: JSONObject) -> JSONObject {
        violations(input).fieldsJSON
    }
}
