// One entry of a declaration: a name, the property behind it and what is demanded of its values.

/// A declared field of `Root`.
package struct Field<Root: Declared>: Sendable {
    package let name: String
    let makeSpec: @Sendable (Root) -> FieldSpec
    let read: @Sendable (Root) -> JSON
    let write: @Sendable (inout Root, JSON) -> Void

    /// - Parameters:
    ///   - path: The property; its type is the field's type, its value in `Root()` the default (see `Trait.required`).
    ///   - doc: A sentence for the reference.
    package init<Value: FieldValue>(
        _ name: String, _ path: any WritableKeyPath<Root, Value> & Sendable, _ traits: Trait..., doc: String = ""
    ) {
        self.init(name, path, traits: traits, doc: doc)
    }

    package init<Value: FieldValue>(
        _ name: String, _ path: any WritableKeyPath<Root, Value> & Sendable, traits: [Trait], doc: String
    ) {
        self.name = name
        makeSpec = { root in
            var spec = FieldSpec(name: name, kind: root[keyPath: path].kind, traits: Value.impliedTraits)
            spec.adoptDefault(root[keyPath: path].json, isNullable: Value.isNullable)
            spec.doc = doc
            return spec.adding(traits)
        }
        read = { $0[keyPath: path].json }
        write = { root, json in
            if let value = Value(json: json) { root[keyPath: path] = value }
        }
    }
}

extension FieldSpec {
    /// Records have no default of their own: they are made of their members' defaults.
    fileprivate mutating func adoptDefault(_ json: JSON, isNullable: Bool) {
        switch kind {
        case .record, .variant: isRequired = !isNullable
        case .foreign: break
        default: defaultValue = json.isNull ? nil : json.withoutNulls
        }
    }
}

extension JSON {
    /// Unset members of records in a default are left out, as Kong's schema documents do.
    fileprivate var withoutNulls: JSON {
        switch self {
        case .array(let items): .array(items.map(\.withoutNulls))
        case .object(let members):
            .object(JSONObject(members.filter { !$0.value.isNull }.map { ($0.key, $0.value.withoutNulls) }))
        default: self
        }
    }
}

// The fields that nearly every entity has.
extension Field {
    package static func id(_ path: any WritableKeyPath<Root, String> & Sendable) -> Field {
        Field("id", path, .primaryKey, .uuid, .auto(.id), doc: "The identifier of the row.")
    }

    package static func createdAt<Time: FieldValue>(_ path: any WritableKeyPath<Root, Time> & Sendable) -> Field {
        Field("created_at", path, .timestamp, .auto(.createdAt), doc: "When the row was created, in epoch seconds.")
    }

    package static func updatedAt<Time: FieldValue>(_ path: any WritableKeyPath<Root, Time> & Sendable) -> Field {
        Field(
            "updated_at", path, .timestamp, .auto(.updatedAt), doc: "When the row was last changed, in epoch seconds.")
    }

    package static func tags(_ path: any WritableKeyPath<Root, DistinctList<String>?> & Sendable) -> Field {
        Field("tags", path, .each(.tag), doc: "Labels to group and find rows by.")
    }
}
