// Writes the data set to disk after changes, on a thread of its own and never more often than it must: many changes
// in a row make one file.

import Dispatch
import Schema
import Synchronization

/// Keeps a `DatasetFile` up to date.
final class DatasetKeeper: Sendable {
    private let file: DatasetFile
    private let report: @Sendable (String) -> Void
    private let queue = DispatchQueue(label: "dataset", qos: .utility)
    private let state = Mutex(State())

    private struct State {
        var pending: Dataset?
        /// The last write took this long; the next one waits ten times that, so as not to become the main work.
        var pause: Duration = .milliseconds(500)
    }

    init(_ file: DatasetFile, report: @escaping @Sendable (String) -> Void) {
        self.file = file
        self.report = report
        queue.async { file.removeLeftovers() }
    }

    /// Takes note and returns; the last data set that was kept is what will be written.
    func keep(_ dataset: Dataset) {
        let pause: Duration? = state.withLock { state in
            defer { state.pending = dataset }
            return state.pending == nil ? state.pause : nil
        }
        guard let pause else { return }
        queue.asyncAfter(deadline: .now() + .microseconds(Int(pause.seconds * 1e6))) { [self] in write() }
    }

    /// Returns when the last data set that was kept is written, or could not be.
    func flush() {
        queue.sync { write() }
    }

    private func write() {
        let dataset = state.withLock { state in
            defer { state.pending = nil }
            return state.pending
        }
        guard let dataset else { return }
        let start = ContinuousClock.now
        do {
            try file.write(dataset)
        } catch {
            report("the rows could not be kept in \(file.path): \(error)")
        }
        let duration = ContinuousClock.now - start
        state.withLock { $0.pause = max(.milliseconds(500), duration * 10) }
    }
}
