// Builds the nested values that a form's flat names stand for. Repeats of a name make a list, and so do
// brackets; dots make objects. Everything is text still: types are inferred from the schema afterwards.

import Schema

struct FormTree: Sendable {
    private var values: [JSON] = []
    private var elements: [Int: FormTree] = [:]
    private var names: [String] = []
    private var members: [String: FormTree] = [:]

    init() {}

    init(_ arguments: FormArguments) {
        for argument in arguments.items {
            insert(argument.value.map(JSON.string) ?? true, at: FormName.steps(of: argument.name)[...])
        }
    }

    /// Puts a value at the end of a path.
    mutating func insert(_ value: JSON, at steps: ArraySlice<FormStep>) {
        guard let step = steps.first else {
            values.append(value)
            return
        }
        switch step {
        case .member(let name):
            if members[name] == nil { names.append(name) }
            members[name, default: FormTree()].insert(value, at: steps.dropFirst())
        case .element(let place):
            elements[place, default: FormTree()].insert(value, at: steps.dropFirst())
        case .append:
            elements[(elements.keys.max() ?? 0) + 1, default: FormTree()].insert(value, at: steps.dropFirst())
        }
    }

    /// The value this node stands for. Places of a list that were left out close up.
    var json: JSON {
        guard members.isEmpty else { return .object(object) }
        if elements.isEmpty, values.count == 1 { return values[0] }
        return .array(values + orderedElements.map(\.value.json))
    }

    /// The members; what a name holds besides members is lost, as the last use of a name wins.
    var object: JSONObject {
        var object = JSONObject()
        for name in names { object[name] = members[name]?.json }
        for (place, element) in orderedElements { object[String(place)] = element.json }
        return object
    }

    private var orderedElements: [(key: Int, value: FormTree)] {
        elements.sorted { $0.key < $1.key }
    }
}
