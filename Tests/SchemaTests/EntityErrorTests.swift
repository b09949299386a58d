// The numbered errors, object by object.

import Schema
import Testing

struct EntityErrorTests {
    private static let errors: [(EntityError, Int, JSON)] = [
        (
            .invalidPrimaryKey(["id": "expected a valid UUID"]), 400,
            [
                "code": 1, "name": "invalid primary key",
                "message": #"invalid primary key: '{id="expected a valid UUID"}'"#,
                "fields": ["id": "expected a valid UUID"],
            ]
        ),
        (
            EntityError(Violations(field: "host", "required field missing")), 400,
            [
                "code": 2, "name": "schema violation",
                "message": "schema violation (host: required field missing)",
                "fields": ["host": "required field missing"],
            ]
        ),
        (
            .primaryKeyViolation(id: "i"), 400,
            [
                "code": 3, "name": "primary key violation",
                "message": #"primary key violation on key '{id="i"}'"#, "fields": ["id": "i"],
            ]
        ),
        (
            .missingReference(field: "service", id: "i", entity: "services"), 400,
            [
                "code": 4, "name": "foreign key violation",
                "message": #"the foreign key '{id="i"}' does not reference an existing 'services' entity."#,
                "fields": ["service": ["id": "i"]],
            ]
        ),
        (
            .stillReferenced(entity: "services", by: "routes"), 400,
            [
                "code": 4, "name": "foreign key violation",
                "message": "an existing 'routes' entity references this 'services' entity",
                "fields": ["@referenced_by": "routes"],
            ]
        ),
        (
            .uniqueViolation(["name": "x", "route": ["id": "i"], "service": .null]), 409,
            [
                "code": 5, "name": "unique constraint violation",
                "message": #"UNIQUE violation detected on '{name="x",route={id="i"},service=null}'"#,
                "fields": ["name": "x", "route": ["id": "i"], "service": .null],
            ]
        ),
        (
            .notFound(id: "i"), 404,
            [
                "code": 6, "name": "not found",
                "message": #"could not find the entity with primary key '{id="i"}'"#, "fields": ["id": "i"],
            ]
        ),
        (
            .notFound("name", "x"), 404,
            [
                "code": 6, "name": "not found", "message": #"could not find the entity with '{name="x"}'"#,
                "fields": ["name": "x"],
            ]
        ),
        (
            .invalidOffset("***", "bad base64 encoding"), 400,
            ["code": 7, "name": "invalid offset", "message": "'***' is not a valid offset: bad base64 encoding"]
        ),
        (.databaseError("secret"), 500, ["message": "An unexpected error occurred"]),
        (
            .invalidSize("size must be a number"), 400,
            ["code": 9, "name": "invalid size", "message": "size must be a number"]
        ),
        (
            .invalidUnique("tag", "invalid value: @"), 400,
            ["code": 10, "name": "invalid unique tag", "message": "invalid value: @"]
        ),
        (
            .invalidOptions(["tags": "invalid filter syntax"]), 400,
            [
                "code": 11, "name": "invalid options", "message": "invalid option (tags: invalid filter syntax)",
                "options": ["tags": "invalid filter syntax"],
            ]
        ),
        (
            .withoutDatabase("update", "services", by: "name"), 405,
            [
                "code": 12, "name": "operation unsupported",
                "message": "cannot update 'services' entities by 'name' when not using a database",
            ]
        ),
        (
            .withoutDatabase("create or update", "routes"), 405,
            [
                "code": 12, "name": "operation unsupported",
                "message": "cannot create or update 'routes' entities when not using a database",
            ]
        ),
    ]

    @Test(arguments: errors)
    func `an error has Kong's object and status`(error: EntityError, status: Int, object: JSON) {
        #expect(error.json == object)
        #expect(error.status == status)
    }
}
