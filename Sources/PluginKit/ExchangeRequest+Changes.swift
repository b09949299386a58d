// The request as it is after the changes that plugins have made so far.

import NIOCore
import Wire

extension ExchangeRequest {
    /// The method that goes to the upstream.
    package var method: Method { changedMethod?.method ?? head.method }

    package var methodName: [UInt8] { changedMethod?.name ?? copy(head.methodSlice) }

    /// Replaces the method; names that are no known method are ignored.
    package func changeMethod(_ name: [UInt8]) {
        let text = String(decoding: name, as: UTF8.self)
        guard let method = Method.allCases.first(where: { "\($0)".uppercased() == text }), method != .other else {
            return
        }
        changedMethod = method == head.method ? nil : ChangedMethod(method: method, name: name)
    }

    /// Name and value of every field in turn: those that were received and are left, then those that plugins added.
    package var currentFields: [[UInt8]] {
        let bytes = bytes
        let span = bytes.readableBytesUInt8Span
        var list: [[UInt8]] = []
        for index in 0..<head.fields.count {
            let field = head.fields[index]
            guard !edits.hides(span.extracting(field.name.range), field.known) else { continue }
            list.append(copy(field.name))
            list.append(copy(field.value))
        }
        edits.forEachAddition { name, value in
            list.append(Array(name))
            list.append(Array(value))
        }
        return list
    }

    /// The head as it was received.
    package func rawHead(withoutLine: Bool) -> [UInt8] {
        let whole = copy(Slice(0, head.byteCount))
        guard withoutLine, let end = whole.firstIndex(of: UInt8(ascii: "\n")) else { return whole }
        return Array(whole[(end + 1)...])
    }
}
