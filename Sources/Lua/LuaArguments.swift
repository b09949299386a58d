// What Lua gives a function of ours. Unsafe, since it lies in Lua's memory: it is valid during the call, and what is
// taken out of it is copied.

import CLuaJIT

struct LuaArguments {
    private let base: UnsafePointer<gibbon_argument>?
    let count: Int

    init(_ base: UnsafePointer<gibbon_argument>?, count: Int) {
        self.base = base
        self.count = count
    }

    private func argument(_ place: Int) -> gibbon_argument? {
        place < count ? base?[place] : nil
    }

    /// A string's bytes; nil for anything else.
    func bytes(_ place: Int) -> [UInt8]? {
        guard let argument = argument(place), argument.kind == LUA_TSTRING else { return nil }
        return Array(UnsafeRawBufferPointer(start: argument.bytes, count: argument.count))
    }

    /// A string with what is no UTF-8 replaced; empty for anything else.
    func text(_ place: Int) -> String {
        String(decoding: bytes(place) ?? [], as: UTF8.self)
    }

    func number(_ place: Int) -> Double? {
        guard let argument = argument(place), argument.kind == LUA_TNUMBER else { return nil }
        return argument.number
    }

    /// A number without its fraction, within the bounds of what is exact.
    func integer(_ place: Int) -> Int? {
        guard let number = number(place), number.magnitude < 9e15 else { return nil }
        return Int(number)
    }

    /// Whether it is `true`.
    func isTrue(_ place: Int) -> Bool {
        guard let argument = argument(place), argument.kind == LUA_TBOOLEAN else { return false }
        return argument.truth != 0
    }
}
