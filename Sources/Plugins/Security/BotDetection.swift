// bot-detection: refuses clients whose User-Agent is that of a robot.

import PluginKit
import Schema
import Synchronization
import Wire

/// Judges clients by what they call themselves.
package struct BotDetection: AccessPhase {
    package static let declaration = PluginDeclaration(
        name: "bot-detection", version: "1.0.0", priority: 2500, config: Config.schema, scopes: [.route, .service])

    package struct Config: Declared {
        package var whitelist: [String] = []
        package var blacklist: [String] = []

        package init() {}

        package static let fields: [Field<Self>] = [
            Field("whitelist", \.whitelist, .each(.regex), doc: "User agents that pass whatever they are."),
            Field("blacklist", \.blacklist, .each(.regex), doc: "Further user agents that are refused."),
        ]
    }

    /// What was decided of user agents before: there are few of them, and searching costs microseconds.
    private final class Memory: Sendable {
        private static let capacity = 10_000
        private let verdicts = Mutex<[[UInt8]: Bool]>([:])

        func isRefused(_ agent: [UInt8], _ decide: () -> Bool) -> Bool {
            if let known = verdicts.withLock({ $0[agent] }) { return known }
            let verdict = decide()
            verdicts.withLock { verdicts in
                if verdicts.count >= Self.capacity { verdicts.removeAll(keepingCapacity: true) }
                verdicts[agent] = verdict
            }
            return verdict
        }
    }

    private static let header: HeaderName = "User-Agent"
    private static let several = Response.message(400, "Only one User-Agent header allowed")
    private static let refused = Response.message(403, "Forbidden")

    private let whitelist: [any TextPattern]
    private let blacklist: [any TextPattern]
    private let memory = Memory()

    package init(_ config: Config, _ setup: Setup) {
        whitelist = config.whitelist.compactMap(setup.pattern)
        blacklist = (config.blacklist + KnownRobots.patterns).compactMap(setup.pattern)
    }

    package func access(_ x: Exchange) -> Verdict {
        let agents = x.request.headerValues(Self.header)
        guard let agent = agents.first else { return .next }
        guard agents.count == 1 else { return .respond(Self.several) }
        let isRefused = memory.isRefused(agent) { !matches(agent, whitelist) && matches(agent, blacklist) }
        return isRefused ? .respond(Self.refused) : .next
    }

    private func matches(_ agent: [UInt8], _ patterns: [any TextPattern]) -> Bool {
        patterns.contains { $0.matches(agent.span) }
    }
}
