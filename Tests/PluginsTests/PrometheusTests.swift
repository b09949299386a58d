// What prometheus counts of a request.

import PluginKit
import Plugins
import Schema
import Testing

@Suite struct PrometheusTests {
    private let scene = Scene()

    private func log(_ service: ServiceInfo?, status: Int, milliseconds: Int64) {
        let x = scene.request("GET / HTTP/1.1")
        x.service = service
        x.response.status = status
        x.request.receivedBytes = 9
        x.response.headBytesSent = 4
        x.response.bodyBytesSent = 10
        x.startedAtMilliseconds = 1000
        x.nowMilliseconds = 1000 + milliseconds
        scene.make(Prometheus.self).log(x)
    }

    @Test func `requests are counted by the service's name, or its host`() {
        let named = ServiceInfo(id: "1".bytes, name: "shop".bytes, row: ["host": "up.test"])
        log(named, status: 200, milliseconds: 3)
        log(named, status: 401, milliseconds: 700)
        log(ServiceInfo(id: "2".bytes, name: nil, row: ["host": "up.test"]), status: 200, milliseconds: 0)
        log(nil, status: 404, milliseconds: 0)
        let all = scene.node.figures.all()
        #expect(all.keys.map { String(decoding: $0, as: UTF8.self) }.sorted() == ["shop", "up.test"])
        let shop = all["shop".bytes]
        #expect(shop?.statuses == [200: 1, 401: 1])
        #expect(shop?.request.sum == 703)
        #expect(shop?.upstream.count == 0)
        #expect(shop?.ingressBytes == 18 && shop?.egressBytes == 28)
    }

    @Test func `a time counts in every bucket that it is not above`() {
        var histogram = LatencyHistogram()
        for value: Int64 in [0, 1, 600, 70_000] { histogram.add(value) }
        let counts = Dictionary(uniqueKeysWithValues: zip(LatencyHistogram.bounds, histogram.cumulative))
        #expect([counts[1], counts[500], counts[1000], counts[60_000]] == [2, 2, 3, 3])
        #expect(histogram.count == 4)
        #expect(histogram.sum == 70_601)
    }

    @Test func `the counts of all event loops are added up`() {
        let table = FiguresTable(loops: 3)
        for loop in 0..<3 {
            var figures = RequestFigures()
            figures.status = 200
            figures.requestMilliseconds = Int64(loop)
            figures.upstreamMilliseconds = loop == 0 ? nil : 5
            figures.ingressBytes = 7
            table.add(figures, to: "shop".bytes, loop: loop)
        }
        let shop = table.all()["shop".bytes]
        #expect(shop?.statuses == [200: 3])
        #expect(shop?.request.sum == 3)
        #expect(shop?.upstream.count == 2)
        #expect(shop?.ingressBytes == 21)
    }

    @Test func `an upstream that invents statuses has all of them counted`() {
        let table = FiguresTable()
        for status in Array(200..<230) + [200, 229] {
            var figures = RequestFigures()
            figures.status = status
            table.add(figures, to: "odd".bytes, loop: 0)
        }
        let statuses = table.all()["odd".bytes]?.statuses ?? [:]
        #expect(statuses.count == 30)
        #expect([statuses[200], statuses[215], statuses[229]] == [2, 1, 2])
    }

    @Test func `beyond the limit routes are counted together, on whichever loop they come`() {
        let table = SubjectTable(limit: 1, loops: 2)
        table.count("first".bytes, status: 200, loop: 0)
        table.count("second".bytes, status: 200, loop: 0)
        table.count("second".bytes, status: 404, loop: 1)
        table.count("first".bytes, status: 503, loop: 1)
        let counts = table.all()
        #expect(counts.alone.mapValues(\.byClass) == ["first".bytes: [0, 0, 1, 0, 0, 1]])
        #expect(counts.rest.byClass == [0, 0, 1, 0, 1, 0])
    }
}
