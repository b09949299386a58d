// What functions can ask the gateway for. Each entry of the tables below is one function of the Lua side's `native`
// (see Library); what people call is built upon them in Lua, with Kong's checks and texts.

import PluginKit

final class FunctionHost: LuaCallee {
    typealias Native = @Sendable (FunctionHost, Exchange, LuaArguments, inout LuaReply) -> Void

    /// What the functions have decided about the request.
    enum Outcome {
        case none
        case answer(Response)
        /// The connection is closed without an answer.
        case cutOff
        case failed(String)
    }

    static let natives: [(name: String, body: Native)] =
        general + requestReading + requestChanging + answering + identities + codes + patterns

    var outcome = Outcome.none
    private(set) var set: FunctionSet?
    private(set) weak var surroundings: (any FunctionSurroundings)?
    private var exchange: Exchange?
    let regexes = RegexCache()
    private var knownSets: [Int: WeakSet] = [:]
    private let ended = EndedRequests()
    private var requests = 0

    func begin(_ set: FunctionSet, _ x: Exchange, _ surroundings: any FunctionSurroundings) {
        self.set = set
        self.surroundings = surroundings
        exchange = x
        outcome = .none
        if knownSets[set.number] == nil { knownSets[set.number] = WeakSet(set) }
    }

    func end() {
        set = nil
        surroundings = nil
        exchange = nil
        outcome = .none
    }

    func call(_ function: Int, _ arguments: LuaArguments, _ reply: inout LuaReply) {
        guard let exchange, Self.natives.indices.contains(function) else { return startUp(function, &reply) }
        Self.natives[function].body(self, exchange, arguments, &reply)
    }

    /// While the library is loaded there is no request yet.
    private func startUp(_ function: Int, _ reply: inout LuaReply) {
        reply.add(Double(UInt32.random(in: .min ... .max)))
    }

    // MARK: - What lives as long as a set or a request

    func isAlive(_ number: Int) -> Bool {
        if knownSets[number]?.set != nil { return true }
        knownSets[number] = nil
        return false
    }

    func forgetCompiled() {
        knownSets = [:]
        ended.numbers = []
    }

    /// A number for this request, the same for all functions that it meets.
    func number(of x: Exchange) -> Int {
        if let mark = x.attachment as? RequestMark, mark.ended === ended { return mark.number }
        requests += 1
        x.attachment = RequestMark(requests, ended)
        return requests
    }

    /// The numbers of requests that have ended since this was called last.
    func takeEnded() -> [Int] {
        defer { ended.numbers.removeAll(keepingCapacity: true) }
        return ended.numbers
    }
}

private struct WeakSet {
    weak var set: FunctionSet?
    init(_ set: FunctionSet) { self.set = set }
}

private final class EndedRequests {
    var numbers: [Int] = []
}

/// Kept by an exchange until the request ends.
private final class RequestMark {
    let number: Int
    let ended: EndedRequests

    init(_ number: Int, _ ended: EndedRequests) {
        self.number = number
        self.ended = ended
    }

    deinit {
        ended.numbers.append(number)
    }
}
