// A small catalog with one of everything the engine knows, so that its tests do not depend on Kong's own entities.

import Schema

enum Colour: String, Choice {
    case red, green
}

struct Wheel: Declared {
    var size = 28
    var spokes: Int?
    static let fields: [Field<Wheel>] = [
        Field("size", \.size, .between(10, 40)),
        Field("spokes", \.spokes),
    ]
    static let checks: [EntityCheck] = [
        .custom(["size", "spokes"]) { row, _ in
            row["size"] == row["spokes"] ? "size and spokes must differ" : nil
        }
    ]
}

struct Gear: Declared {
    var teeth: Double?
    var links: Double?
    static let fields: [Field<Gear>] = [
        Field("teeth", \.teeth, .greaterThan(0)),
        Field("links", \.links, .greaterThan(0)),
    ]
    static let checks: [EntityCheck] = [.atLeastOneOf(["teeth", "links"])]
    static func verify(_ row: Row, in context: ValidationContext) -> String? {
        row["teeth"] == 13 ? "no gear has 13 teeth" : nil
    }
}

struct Owner: Entity {
    var id = ""
    var createdAt = 0.0
    static let name = "owners"
    static let fields: [Field<Owner>] = [.id(\.id), .createdAt(\.createdAt)]
}

struct Bicycle: Entity {
    var id = ""
    var createdAt = 0
    var updatedAt = 0
    var name: String?
    var frame = ""
    var colour = Colour.green
    var price: Double?
    var isElectric = false
    var labels: DistinctList<String>?
    var lamps: [String] = ["front"]
    var front = Wheel()
    var spares: [Wheel] = []
    var gears: [String: Gear] = [:]
    var lock: String?
    var key: String?
    var anonymous: String?
    var owner: Reference?

    static let name = "bicycles"
    static let endpointKey: String? = "name"
    static let uniqueTogether = [["frame", "owner"]]
    static let cacheKey = ["owner", "frame"]
    static let hasTTL = true
    static let fields: [Field<Bicycle>] = [
        .id(\.id),
        .createdAt(\.createdAt),
        .updatedAt(\.updatedAt),
        Field("name", \.name, .name),
        Field("frame", \.frame, .required),
        Field("colour", \.colour, .defaulted),
        Field("price", \.price, .between(0, 100)),
        Field("is_electric", \.isElectric),
        Field("labels", \.labels, .each(.tag)),
        Field("lamps", \.lamps),
        Field("front", \.front),
        Field("spares", \.spares),
        Field("gears", \.gears),
        Field("lock", \.lock),
        Field("key", \.key, .auto(.token)),
        Field("anonymous", \.anonymous, .uuid, .legacy),
        Field("owner", \.owner, .references("owners", onDelete: .cascade)),
    ]
    static let checks: [EntityCheck] = [
        .conditional(if: "colour", .equals("red"), then: "lock", .required),
        .distinct(["name", "frame"]),
    ]
    static let shorthands = [Shorthand("model") { ["frame": $0, "price": 1] }]
    static func finish(_ row: inout Row, given: JSONObject, in context: ValidationContext) {
        if given["lock"] != nil { row["lock"] = row["lock"].map { .string("locked " + $0.errorText) } }
    }
}

struct Addon: Entity {
    var id = ""
    var name = ""
    var consumer: Reference?
    var config = VariantRecord()
    var runOn = "first"
    var protocols: DistinctList<String> = ["http", "https"]
    static let name = "addons"
    static let uniqueTogether = [["name", "consumer"]]
    static let fields: [Field<Addon>] = [
        .id(\.id),
        Field("name", \.name, .required),
        Field("consumer", \.consumer, .references("owners", onDelete: .cascade)),
        Field("config", \.config),
        Field("run_on", \.runOn, .defaulted, .oneOf(["first", "second", "all"])),
        Field("protocols", \.protocols, .defaulted, .each(.protocolName)),
    ]
}

struct LimitSettings: Declared {
    var minute: Double?
    var hour: Double?
    var policy = "local"
    var host: String?
    static let fields: [Field<LimitSettings>] = [
        Field("minute", \.minute, .greaterThan(0)),
        Field("hour", \.hour, .greaterThan(0)),
        Field("policy", \.policy, .oneOf(["local", "redis"])),
        Field("host", \.host, .host),
    ]
    static func verify(_ row: Row, in context: ValidationContext) -> String? {
        guard let minute = row["minute"]?.number, let hour = row["hour"]?.number, hour < minute else { return nil }
        return "hour is lower than minute"
    }
}

enum Fixtures {
    static let limiter = PluginDeclaration(
        name: "limiter", version: "1.0.0", priority: 901, config: LimitSettings.schema,
        scopes: [.route, .service], runOn: ["first", "second"],
        checks: [
            .atLeastOneOf(["config.minute", "config.hour"]),
            .conditional(if: "config.policy", .equals("redis"), then: "config.host", .required),
        ])

    static let catalog = Catalog(
        core: [Bicycle.entitySchema, Addon.entitySchema, Owner.entitySchema], plugins: [limiter])

    static let id = "11111111-2222-4333-8444-555555555555"

    static var context: ValidationContext {
        ValidationContext(catalog: catalog, now: { 1500.6789 }, makeID: { id }, makeToken: { "token" })
    }

    static func insert(_ input: JSONObject, into entity: any Entity.Type = Bicycle.self) throws(Violations) -> Row {
        try entity.entitySchema.validateInsert(input, in: context)
    }

    /// What is wrong with a new row; empty when nothing is.
    static func violations(_ input: JSONObject, in entity: any Entity.Type = Bicycle.self) -> Violations {
        do {
            _ = try insert(input, into: entity)
            return Violations()
        } catch {
            return error
        }
    }

    /// `fields` of the error object.
    static func fields(_ input: JSONObject, in entity: any Entity.Type = Bicycle.self) -> JSONObject {
        violations(input, in: entity).fieldsJSON
    }

    static func updateViolations(_ stored: Row, _ patch: JSONObject, _ entity: any Entity.Type) -> Violations {
        do {
            _ = try entity.entitySchema.validateUpdate(stored, with: patch, in: context)
            return Violations()
        } catch {
            return error
        }
    }
}
