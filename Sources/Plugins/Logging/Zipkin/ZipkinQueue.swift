// Spans on their way to Zipkin, from one event loop. They leave together at the end of the loop's turn, as Kong's do by
// a timer of no time; what comes while a report is under way waits for its end and leaves as one report.

import PluginKit
import Wire

final class ZipkinQueue: OutboundState {
    /// How many bytes wait at most; spans of further requests are dropped.
    static let limitBytes = 4 << 20
    /// How long nothing is sent after a failure, so that a receiver that is down costs little.
    static let pauseMilliseconds: Int64 = 1000

    private unowned let outbound: any Outbound
    private let report: OutboundRequest
    /// The reports' elements, separated by commas.
    private var pending: [UInt8] = []
    private var dropped = 0
    /// Whether a flush is scheduled or a report under way, whose end is followed by a flush.
    private var isBusy = false

    init(_ report: OutboundRequest, _ outbound: any Outbound) {
        self.report = report
        self.outbound = outbound
    }

    /// Takes the spans of a request, which `write` appends.
    func add(_ write: (inout [UInt8]) -> Void) {
        guard pending.count < Self.limitBytes else {
            dropped += 1
            return
        }
        if !pending.isEmpty { pending.append(Ascii.comma) }
        write(&pending)
        if !isBusy { flush(afterMilliseconds: 0) }
    }

    /// The worker ends: what waits is sent, whatever else is under way.
    func flush() {
        guard !pending.isEmpty else {
            isBusy = false
            return
        }
        isBusy = true
        var request = report
        request.body = [UInt8(ascii: "[")] + pending + [UInt8(ascii: "]")]
        pending.removeAll()
        tellDropped()
        outbound.call(request) { [weak self] result in self?.ended(result) }
    }

    private func flush(afterMilliseconds delay: Int64) {
        isBusy = true
        outbound.schedule(afterMilliseconds: delay) { [weak self] in self?.flush() }
    }

    private func ended(_ result: Result<OutboundAnswer, OutboundFailure>) {
        switch result {
        case .success(let answer) where 200..<300 ~= answer.status: return flush()
        case .success(let answer): outbound.logError("[zipkin] reporter flush failed: \(answer.status)")
        case .failure(let failure):
            outbound.logError("[zipkin] reporter flush failed to request: \(failure.text)")
        }
        flush(afterMilliseconds: Self.pauseMilliseconds)
    }

    private func tellDropped() {
        guard dropped > 0 else { return }
        outbound.logError(
            "[zipkin] the spans of \(dropped) requests were dropped: \(Self.limitBytes) bytes waited")
        dropped = 0
    }
}
