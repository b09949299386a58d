// Reads YAML text into a JSON value. Plain scalars are typed by YAML 1.1's rules, in which an unquoted
// 1.1 is a number and `yes` is true, since Kong's files are written with these in mind. JSON is YAML.

import Schema
import Yams

struct YAMLDocument {
    /// More nodes than any real configuration has; aliases of aliases grow beyond every bound otherwise.
    static let nodeLimit = 5_000_000

    private var nodeCount = 0
    private let marks: YAMLMarks?

    private init(_ marks: YAMLMarks?) {
        self.marks = marks
    }

    /// The first document of the text; nil where there is none.
    static func parse(_ text: String, named name: String) throws(DeclarativeError) -> JSON? {
        let node: Node?
        let marks = YAMLMarks(text)
        do {
            var documents = try compose_all(yaml: marks?.document ?? text, .basic)
            node = documents.next()
            if let error = documents.error { throw error }
        } catch {
            throw DeclarativeError("failed parsing declarative configuration file \(name): \(describe(error))")
        }
        guard let node else { return nil }
        var document = YAMLDocument(marks)
        return try document.value(of: node)
    }

    /// `line:column: problem`, as libyaml's users know it.
    private static func describe(_ error: any Error) -> String {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            "\(mark.line):\(mark.column): \(problem)"
        case .duplicatedKeysInMapping(let names, let context):
            "\(context.mark.line):\(context.mark.column): repeated keys: \(names.joined(separator: ", "))"
        case .reader(let problem, let offset, _, _): "1:\((offset ?? 0) + 1): \(problem)"
        default: "1:1: \(error)"
        }
    }

    private mutating func value(of node: Node) throws(DeclarativeError) -> JSON {
        nodeCount += 1
        guard nodeCount <= Self.nodeLimit else { throw DeclarativeError("the document has too many nodes") }
        switch node {
        case .scalar(let scalar):
            let value = YAMLScalar.value(of: scalar)
            guard let marks, let text = value.string else { return value }
            return .string(marks.restored(text))
        case .mapping(let mapping): return .object(try members(of: mapping))
        case .sequence(let sequence):
            var items: [JSON] = []
            for item in sequence { items.append(try value(of: item)) }
            return .array(items)
        case .alias: throw DeclarativeError("the document has an alias without an anchor")
        }
    }

    /// The members of a mapping; those merged in by `<<` count only where the mapping has none of its own.
    private mutating func members(of mapping: Node.Mapping) throws(DeclarativeError) -> JSONObject {
        var own = JSONObject()
        var merged = JSONObject()
        for (key, node) in mapping {
            let written = key.scalar?.string ?? ""
            let name = marks?.restored(written) ?? written
            if name == "<<", key.scalar?.style == .plain {
                try merge(node, into: &merged)
            } else {
                own[name] = try value(of: node)
            }
        }
        guard !merged.isEmpty else { return own }
        merged.merge(own)
        return merged
    }

    /// The first of several merged mappings wins.
    private mutating func merge(_ node: Node, into merged: inout JSONObject) throws(DeclarativeError) {
        let sources: [Node] = if case .sequence(let sequence) = node { Array(sequence) } else { [node] }
        for source in sources {
            for (name, member) in try value(of: source).object ?? JSONObject() where merged[name] == nil {
                merged[name] = member
            }
        }
    }
}
