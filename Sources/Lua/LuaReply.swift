// Values for Lua, written down so that they can be put onto its stack later (`gibbon_push` in shim.h): a letter for
// each, and what it stands for.

import Schema

struct LuaReply {
    private(set) var bytes: [UInt8] = []

    mutating func reset() {
        bytes.removeAll(keepingCapacity: bytes.capacity < 1 << 20)
    }

    mutating func addNil() { letter("n") }

    mutating func add(_ value: Bool) { letter(value ? "t" : "f") }

    mutating func add(_ value: Double) {
        letter("d")
        appendNative(value.bitPattern)
    }

    mutating func add(_ value: Int) { add(Double(value)) }

    mutating func add(_ text: some Collection<UInt8>) {
        guard let count = UInt32(exactly: text.count) else { return addNil() }
        letter("s")
        appendNative(count)
        bytes.append(contentsOf: text)
    }

    mutating func add(_ text: String) { add(Array(text.utf8)) }

    /// Nil where there is none.
    mutating func add(orNil text: [UInt8]?) {
        if let text { add(text) } else { addNil() }
    }

    /// A table of texts.
    mutating func add(list: [[UInt8]]) {
        beginTable()
        for each in list {
            add(each)
            append()
        }
    }

    /// An empty table, to which the next values are added by `append` and `set`.
    mutating func beginTable() { letter("T") }

    /// Appends the value written last to the table before it.
    mutating func append() { letter("a") }

    /// Sets the value written last in the table before it, under the key between them.
    mutating func set() { letter("k") }

    /// An entity's row. What is unset is left out, as Kong's tables have it.
    mutating func add(_ object: JSONObject) {
        beginTable()
        for (name, value) in object where !value.isNull {
            add(name)
            add(value)
            set()
        }
    }

    mutating func add(_ value: JSON) {
        switch value {
        case .null: addNil()
        case .bool(let truth): add(truth)
        case .number(let number): add(number)
        case .string(let text): add(text)
        case .object(let members): add(members)
        case .array(let items):
            beginTable()
            for item in items {
                add(item)
                append()
            }
        }
    }

    private mutating func letter(_ letter: Unicode.Scalar) { bytes.append(UInt8(ascii: letter)) }

    /// The lowest byte first, as all machines have it that the gateway runs on.
    private mutating func appendNative<Number: FixedWidthInteger>(_ number: Number) {
        for place in 0..<Number.bitWidth / 8 {
            bytes.append(UInt8(truncatingIfNeeded: number >> (8 * Number(place))))
        }
    }
}
