// Second stage: the access phases of the plugins, in descending priority.

import PluginKit
import Wire

extension ClientConnection: ExchangeDriver {
    /// Runs the chain from that step until a plugin answers or waits, then proxies.
    func runPlugins(from first: Int) {
        var step = first
        while step < chain.slots.count {
            exchange.step = step
            if let access = chain.slots[step].instance(for: exchange, at: step)?.access {
                switch access.access(exchange) {
                case .next: break
                case .respond(let response): return respond(response)
                case .suspend: return
                }
            }
            step += 1
        }
        proxy()
    }

    package func resume(_ exchange: Exchange, with verdict: Verdict) {
        guard phase == .deciding else { return }
        exchange.nowMilliseconds = loop.clock.nowMilliseconds()
        switch verdict {
        case .next: runPlugins(from: exchange.step + 1)
        case .respond(let response): respond(response)
        case .suspend: break
        }
        pump()
    }

    package var upstreamPath: [UInt8] {
        let request = exchange.request
        if let replaced = request.replacedPath { return replaced }
        let path = request.copy(request.head.path)
        guard let plan, let service = plan.service else { return path }
        let base = service.path
        let joined = UpstreamPath(base: base.span, path: path.span, match: match, stripPath: plan.stripPath)
        return Array(base.prefix(joined.baseCount)) + path.dropFirst(joined.pathStart)
    }

    /// The response phases of every plugin of the chain: they run whoever made the answer.
    func runResponseHeads() {
        guard chain.hasResponseHead else { return }
        for (step, slot) in chain.slots.enumerated() {
            slot.instance(for: exchange, at: step)?.responseHead?.responseHead(exchange)
        }
    }

    func runLogs() {
        guard chain.hasLog else { return }
        for (step, slot) in chain.slots.enumerated() {
            slot.instance(for: exchange, at: step)?.log?.log(exchange)
        }
    }
}
