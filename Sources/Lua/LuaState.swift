// One state of LuaJIT, in which nothing can end the process: whatever Lua does runs in a protected call, with a limit
// for memory and one for time. Unsafe, since Lua is C: the state and what it is told about its surroundings are
// made here and freed with this object, and the pointers that Lua hands over are only used during the call.

import CLuaJIT

/// What Lua's side of the library calls.
protocol LuaCallee: AnyObject {
    /// Runs one of the functions that Lua can call. Must not use the state.
    func call(_ function: Int, _ arguments: LuaArguments, _ reply: inout LuaReply)
}

final class LuaState {
    /// How a run ended.
    enum Outcome: Equatable {
        case done
        /// With Lua's message.
        case failed(String)
        case outOfMemory
        case outOfTime
    }

    private let state: OpaquePointer
    private let host: UnsafeMutablePointer<gibbon_host>
    private let link: Link
    /// Where the function that `run` calls is kept.
    private var entry: Int32 = LUA_NOREF

    /// - Parameters:
    ///   - callee: outlives the state; not retained.
    ///   - memoryBytes: the most that the state may hold.
    ///   - runMilliseconds: the most that a run may take of the thread's processor time.
    init?(callee: any LuaCallee, memoryBytes: Int, runMilliseconds: Int) {
        link = Link(callee)
        host = .allocate(capacity: 1)
        host.initialize(to: gibbon_host())
        host.pointee.context = Unmanaged.passUnretained(link).toOpaque()
        host.pointee.limit = memoryBytes
        host.pointee.run_limit = Int64(runMilliseconds) * 1_000_000
        host.pointee.call = { context, function, arguments, count, result, resultCount in
            guard let context, let result, let resultCount else { return }
            let link = Unmanaged<Link>.fromOpaque(context).takeUnretainedValue()
            let bytes = link.call(Int(function), LuaArguments(arguments, count: Int(count)))
            result.pointee = UnsafePointer(bytes.baseAddress?.assumingMemoryBound(to: CChar.self))
            resultCount.pointee = bytes.count
        }
        guard let state = gibbon_open(host) else {
            host.deallocate()
            return nil
        }
        self.state = state
    }

    deinit {
        gibbon_close(state, host)
        host.deallocate()
    }

    /// Bytes that the state holds.
    var usedBytes: Int { host.pointee.used }

    /// Runs a chunk whose value, a function, is what `run` calls from then on. Nil, or what is wrong with it.
    func load(_ text: String, name: String) -> String? {
        guard luaL_loadbufferx(state, text, text.utf8.count, "=" + name, "t") == 0,
            lua_pcall(state, 0, 1, 0) == 0
        else { return message }
        entry = luaL_ref(state, LUA_REGISTRYINDEX)
        return nil
    }

    /// Calls the function that was loaded.
    func run(_ number: Int) -> Outcome {
        let status = gibbon_run(state, host, entry, Double(number))
        if status == 0 { return .done }
        if host.pointee.ran_out != 0 { return .outOfTime }
        return status == LUA_ERRMEM ? .outOfMemory : .failed(message)
    }

    private var message: String {
        lua_type(state, -1) == LUA_TSTRING
            ? lua_tolstring(state, -1, nil).map { String(cString: $0) } ?? "" : "an error without a text"
    }
}

/// What C knows of Swift: whom to call, and where the last result lies until the next call.
private final class Link {
    private weak var callee: (any LuaCallee)?
    private var reply = LuaReply()
    private var result: UnsafeMutableRawBufferPointer

    init(_ callee: any LuaCallee) {
        self.callee = callee
        result = .allocate(byteCount: 4096, alignment: 8)
    }

    deinit {
        result.deallocate()
    }

    func call(_ function: Int, _ arguments: LuaArguments) -> UnsafeRawBufferPointer {
        reply.reset()
        callee?.call(function, arguments, &reply)
        if reply.bytes.count > result.count || result.count > 1 << 20 {
            result.deallocate()
            result = .allocate(byteCount: max(4096, reply.bytes.count), alignment: 8)
        }
        result.copyBytes(from: reply.bytes)
        return UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(result)[..<reply.bytes.count])
    }
}
