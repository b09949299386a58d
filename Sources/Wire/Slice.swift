// A range of bytes within a message head. Heads are never copied into Strings: they stay in the read
// buffer and everything known about them is a Slice relative to the head's first byte.

/// A range of bytes, relative to the first byte of the head (or of the span that was parsed).
package struct Slice: Sendable, Equatable, Hashable {
    package var start: UInt32
    package var count: UInt32

    @inlinable
    package init(start: UInt32, count: UInt32) {
        self.start = start
        self.count = count
    }

    /// The bytes from `start` up to but not including `end`.
    @inlinable
    package init(_ start: Int, _ end: Int) {
        self.start = UInt32(truncatingIfNeeded: start)
        self.count = UInt32(truncatingIfNeeded: end &- start)
    }

    @inlinable package var isEmpty: Bool { count == 0 }

    /// The offset after the last byte.
    @inlinable package var end: UInt32 { start &+ count }

    /// For `span.extracting(slice.range)`.
    @inlinable package var range: Range<Int> { Int(start)..<(Int(start) &+ Int(count)) }
}
