// prometheus: counts requests by service for /metrics of the Admin API. It has no settings.

import NIOCore
import PluginKit
import Schema
import Wire

/// Counts status codes, latencies and bytes of requests that matched a route with a service.
package struct Prometheus: LogPhase {
    package static let declaration = PluginDeclaration(
        name: "prometheus", version: "0.3.4", priority: 13, config: Config.schema, protocols: nil,
        runOn: ["first", "second", "all"])

    package struct Config: Declared {
        package init() {}

        package static let fields: [Field<Self>] = []
    }

    private let table: FiguresTable
    private let subjects: NodeSubjects?

    package init(_ config: Config, _ setup: Setup) {
        table = setup.node.figures
        subjects = setup.node.subjects
    }

    package func log(_ x: Exchange) {
        if let subjects { count(x, in: subjects) }
        guard let service = x.service else { return }
        var figures = RequestFigures()
        figures.status = x.response.status
        figures.requestMilliseconds = max(x.nowMilliseconds - x.startedAtMilliseconds, 0)
        figures.upstreamMilliseconds = x.upstreamMilliseconds.map { max($0, 0) }
        figures.kongMilliseconds = x.proxyMilliseconds.map { max($0, 0) } ?? figures.requestMilliseconds
        figures.ingressBytes = x.request.receivedBytes
        figures.egressBytes = x.response.bytesSent
        table.add(figures, to: service.label, loop: x.loopNumber)
    }

    /// For the gateway's own series, which know of routes and consumers too.
    private func count(_ x: Exchange, in subjects: NodeSubjects) {
        let status = x.response.status
        if let route = x.route { subjects.routes.count(route.label, status: status, loop: x.loopNumber) }
        if let consumer = x.consumer { subjects.consumers.count(consumer.label, status: status, loop: x.loopNumber) }
    }
}
