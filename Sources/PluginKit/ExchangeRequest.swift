// The request's side of an exchange: the head as it was received, untouched, and what is to be different upstream.

import NIOCore
import Wire

/// The request as it was received, with the changes made for the upstream.
package final class ExchangeRequest {
    /// What a plugin may see of the body.
    package enum Body {
        /// None was announced, or nobody asked for it.
        case notRead
        /// The whole body.
        case whole(ByteBuffer)
        /// Larger than client_body_buffer_size: plugins can't see it.
        case tooLarge
    }

    /// A header as it was received.
    package enum ReceivedField: Equatable {
        case missing
        case one(Slice)
        case several
    }

    package var head = RequestHead()
    /// The bytes that `head` points into, starting at its reader index.
    package var bytes = ByteBuffer()
    /// Changes to the headers that go to the upstream.
    package var edits = HeaderEdits()
    package var body = Body.notRead
    /// Bytes that the client sent of it, head and body with its chunked coding, as far as they were read: nginx'
    /// $request_length. Set before the log phase.
    package var receivedBytes: UInt64 = 0
    /// A query that replaces the received one, without its `?`; nil leaves it.
    package var replacedQuery: [UInt8]?
    /// A body that replaces the received one.
    package var replacedBody: [UInt8]?
    /// A path that replaces the one made of the service's and the request's; nil leaves it.
    package var replacedPath: [UInt8]?
    /// A method that replaces the received one.
    package internal(set) var changedMethod: ChangedMethod?
    /// Where it goes instead of to the service's address.
    package var upstream: UpstreamChange?

    init() {}

    func reset() {
        edits.reset()
        body = .notRead
        replacedQuery = nil
        replacedBody = nil
        replacedPath = nil
        changedMethod = nil
        upstream = nil
    }

    /// The query without its `?`, as earlier plugins left it; nil when there is none.
    package var query: [UInt8]? { replacedQuery ?? head.query.map(copy) }

    /// The first value of a header, with earlier plugins' changes; nil when it is absent. A name with `_` that is
    /// absent is looked up with `-` (OpenResty's rule for header tables).
    package func header(_ name: HeaderName) -> [UInt8]? {
        headerValues(name).first
    }

    /// All values of a header, in order.
    package func headerValues(_ name: HeaderName) -> [[UInt8]] {
        let values = exactValues(name)
        guard values.isEmpty, let dashed = name.dashed else { return values }
        return exactValues(dashed)
    }

    private func exactValues(_ name: HeaderName) -> [[UInt8]] {
        if edits.concerns(name) {
            let added = edits.values(of: name).map { Array($0) }
            return edits.hides(name.lowered.span, name.known) ? added : received(name) + added
        }
        return received(name)
    }

    /// Where the value of a header stands that earlier plugins left alone. Costs no memory, as opposed to `header`.
    package func receivedField(_ name: HeaderName) -> ReceivedField {
        let fields = head.fields
        guard name.known.isSame(as: .other) || fields.contains(name.known) else { return .missing }
        let bytes = bytes
        let span = bytes.readableBytesUInt8Span
        var found = ReceivedField.missing
        // By index: a loop over the list itself would not be specialised in this module.
        for index in 0..<fields.endIndex {
            let field = fields[index]
            guard field.known.isSame(as: name.known), field.name.count == name.lowered.count else { continue }
            guard !name.known.isSame(as: .other) || name.matches(span.extracting(field.name.range)) else { continue }
            guard found == .missing else { return .several }
            found = .one(field.value)
        }
        return found
    }

    /// Sets a header for the upstream, or removes it with nil.
    package func setOrClear(_ name: HeaderName, _ value: [UInt8]?) {
        if let value { edits.set(name, value) } else { clear(name) }
    }

    /// Removes a header; costs nothing later on when it isn't there.
    package func clear(_ name: HeaderName) {
        guard receivedField(name) != .missing || edits.concerns(name) else { return }
        edits.remove(name)
    }

    /// Whether a header of that name was received.
    package func has(_ known: KnownHeader) -> Bool {
        head.fields.contains(known)
    }

    /// A copy of part of the head.
    package func copy(_ slice: Slice) -> [UInt8] {
        bytes.getBytes(at: bytes.readerIndex + Int(slice.start), length: Int(slice.count)) ?? []
    }

    private func received(_ name: HeaderName) -> [[UInt8]] {
        let bytes = bytes
        let span = bytes.readableBytesUInt8Span
        var values: [[UInt8]] = []
        for field in head.fields where field.known.isSame(as: name.known) {
            if !name.known.isSame(as: .other) || name.matches(span.extracting(field.name.range)) {
                values.append(copy(field.value))
            }
        }
        return values
    }
}
