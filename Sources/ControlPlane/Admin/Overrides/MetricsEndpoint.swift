// GET /metrics: the node's figures in the text format of Prometheus. Rendered on a task of its own, from counters that
// event loops go on writing meanwhile.

import PluginKit
import Store

struct MetricsEndpoint: Sendable {
    let context: AdminContext

    func add(to routes: inout RouteTable) {
        routes.add("/metrics", Endpoint(["GET": { _ in await metrics() }]))
    }

    private func metrics() async -> AdminAnswer {
        let isReachable = await context.store.reachable()
        let node = context.node
        await node.renew()
        var page = MetricsPage()
        KongMetrics(node.figures.all(), node.counters(), isReachable: isReachable).write(to: &page)
        if let internals = node.internals { OwnMetrics(node: internals()).write(to: &page) }
        return .text(page.bytes)
    }
}
