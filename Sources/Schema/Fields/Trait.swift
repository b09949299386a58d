// What a declaration may demand of a field, beside its type. Traits are small closures on the erased field so that
// reusable ones (Trait+Typedefs.swift) and one-off checks look the same in a declaration.

/// Something demanded of a field.
package struct Trait: Sendable {
    let apply: @Sendable (inout FieldSpec) -> Void

    private init(_ apply: @escaping @Sendable (inout FieldSpec) -> Void) { self.apply = apply }

    init(rule: Rule) { self.init { $0.add(rule) } }

    /// Must be given: there is no default, whatever the property is at first.
    package static let required = Trait {
        $0.isRequired = true
        $0.defaultValue = nil
    }

    /// Required as well, but an absent value is filled with the default; only an explicit null is refused.
    package static let defaulted = Trait { $0.isRequired = true }

    /// A record that may be null as a whole.
    package static let optional = Trait { $0.isRequired = false }

    package static let primaryKey = Trait { $0.isPrimaryKey = true }

    package static let unique = Trait { $0.isUnique = true }

    /// An empty text is taken as null.
    package static let legacy = Trait { $0.isLegacy = true }

    /// The node makes the value up; see `AutoValue`.
    package static func auto(_ value: AutoValue) -> Trait {
        Trait {
            $0.auto = value
            $0.defaultValue = nil
        }
    }

    /// The entity a foreign key refers to.
    package static func references(_ entity: String, onDelete: ForeignKey.OnDelete = .restrict) -> Trait {
        Trait { $0.kind = .foreign(ForeignKey(entity: entity, onDelete: onDelete)) }
    }

    /// Brings a valid value into its stored form.
    package static func normalized(_ normalize: @escaping @Sendable (JSON) -> JSON) -> Trait {
        Trait { $0.normalize = normalize }
    }

    /// Several traits as one.
    package static func all(_ traits: [Trait]) -> Trait {
        Trait { spec in
            for trait in traits { trait.apply(&spec) }
        }
    }

    /// Demands something of every element of a list, or every value of a map.
    package static func each(_ traits: Trait...) -> Trait {
        Trait { spec in
            switch spec.kind {
            case .array(let element): spec.kind = .array(element.adding(traits))
            case .set(let element): spec.kind = .set(element.adding(traits))
            case .map(let keys, let values): spec.kind = .map(keys: keys, values: values.adding(traits))
            default: break
            }
        }
    }

    /// Demands something of every key of a map.
    package static func keys(_ traits: Trait...) -> Trait {
        Trait { spec in
            if case .map(let keys, let values) = spec.kind {
                spec.kind = .map(keys: keys.adding(traits), values: values)
            }
        }
    }
}
