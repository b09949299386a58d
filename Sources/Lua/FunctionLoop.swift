// What one event loop keeps for functions: a state of Lua in which all of them run, as in a worker of Kong. It is made
// when the first function runs, and made anew when it has no memory left.

import PluginKit

final class FunctionLoop {
    /// Lua's own objects and texts, and what functions keep in global variables.
    static let memoryBytes = 128 << 20
    /// Nothing else runs on the event loop meanwhile.
    static let runMilliseconds = 500

    private var state: LuaState?
    private let host = FunctionHost()

    func run(_ set: FunctionSet, _ x: Exchange, _ surroundings: any FunctionSurroundings) -> Verdict {
        guard let state = preparedState(surroundings) else { return .respond(.unexpectedError) }
        host.begin(set, x, surroundings)
        defer { host.end() }
        switch state.run(set.number) {
        case .done: break
        case .failed(let message): host.outcome = .failed(message)
        case .outOfTime: host.outcome = .failed("it ran for too long and was stopped")
        case .outOfMemory: host.outcome = .failed("not enough memory")
        }
        return verdict(set, x, surroundings)
    }

    private func verdict(_ set: FunctionSet, _ x: Exchange, _ surroundings: any FunctionSurroundings) -> Verdict {
        switch host.outcome {
        case .none: return .next
        case .answer(let response): return .respond(response)
        case .cutOff:
            surroundings.closeUnanswered()
            return .suspend
        case .failed(let message):
            // What is left of it may be in use: only a new state is sure to have room.
            if message.hasSuffix("not enough memory") { renew() }
            surroundings.log(4, "[kong] \(set.plugin): \(message)")
            return .respond(.unexpectedError)
        }
    }

    private func preparedState(_ surroundings: any FunctionSurroundings) -> LuaState? {
        if let state { return state }
        guard
            let made = LuaState(
                callee: host, memoryBytes: Self.memoryBytes, runMilliseconds: Self.runMilliseconds)
        else {
            surroundings.log(4, "[kong] no memory for Lua")
            return nil
        }
        if let fault = made.load(LuaLibrary.text, name: "functions") {
            surroundings.log(4, "[kong] Lua's library could not be loaded: \(fault)")
            return nil
        }
        state = made
        return made
    }

    private func renew() {
        state = nil
        host.forgetCompiled()
    }
}
