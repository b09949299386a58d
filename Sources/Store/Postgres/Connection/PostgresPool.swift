// A few threads with a connection each. libpq's calls wait, so they have threads of their own: neither the event loops
// nor the threads of async code are ever held up by a database.

import Dispatch
import Foundation
import Synchronization

/// Runs work that needs a connection. Threads and connections are made when they are first needed and stay.
final class PostgresPool: Sendable {
    private let settings: PostgresSettings
    private let queue = Mutex(Queue())
    private let tickets = DispatchSemaphore(value: 0)
    private let size: Int
    /// `limit` and `waiting` are filled in when somebody asks.
    private let counts = Mutex(PoolFigures())

    private struct Queue {
        var jobs: [Job] = []
        var threads = 0
        var idle = 0
        var isClosed = false
    }

    /// One piece of work; it gets nil when there is no connection, with the reason.
    private struct Job: Sendable {
        let start: ContinuousClock.Instant
        /// Whether it may be done again after the connection broke under it.
        let canRepeat: Bool
        let run: @Sendable (Result<PostgresConnection, PostgresError>) -> Outcome
    }

    private enum Outcome { case done, broke }

    init(_ settings: PostgresSettings, size: Int = 4) {
        self.settings = settings
        self.size = size
    }

    /// Ends the threads once they have done what they were given.
    func close() {
        let threads = queue.withLock { queue in
            queue.isClosed = true
            return queue.threads
        }
        for _ in 0..<threads { tickets.signal() }
    }

    /// The figures of this moment.
    var figures: PoolFigures {
        var figures = counts.withLock { $0 }
        figures.limit = size
        figures.waiting = queue.withLock { $0.jobs.count }
        return figures
    }

    /// Gives `work` a connection. Its errors come out as they are, those of the connection as `PostgresError`.
    ///
    /// - Parameter canRepeat: for reads: done a second time when a connection that had been idle turns out dead.
    func run<Value: Sendable>(
        canRepeat: Bool = true, _ work: @escaping @Sendable (PostgresConnection) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let attempt = Attempt()
            submit(
                Job(start: .now, canRepeat: canRepeat) { connection in
                    do {
                        continuation.resume(returning: try work(try connection.get()))
                    } catch let error as PostgresError where error.isOutage && attempt.mayRepeat(canRepeat, connection)
                    {
                        return .broke
                    } catch {
                        if let error = error as? PostgresError { self.counts.withLock { $0.add(error) } }
                        continuation.resume(throwing: error)
                    }
                    return .done
                })
        }
    }

    private func submit(_ job: Job) {
        let needsThread = queue.withLock { queue in
            queue.jobs.append(job)
            guard queue.idle < queue.jobs.count, queue.threads < size, !queue.isClosed else { return false }
            queue.threads += 1
            return true
        }
        if needsThread { startThread() }
        tickets.signal()
    }

    private func startThread() {
        let thread = Thread { [self] in serve() }
        thread.name = "postgres"
        thread.start()
    }

    private func serve() {
        var connection: PostgresConnection?
        while let job = next() {
            let begin = ContinuousClock.now
            begins(isOpen: connection != nil)
            if connection?.hasEnded() == true { connection = nil }
            if perform(job, &connection) == .broke {
                connection = nil
                _ = perform(job, &connection)
            }
            if connection?.isBroken == true { connection = nil }
            ends(isOpen: connection != nil, after: .now - begin)
        }
        if connection != nil { counts.withLock { $0.idle -= 1 } }
    }

    private func begins(isOpen: Bool) {
        counts.withLock { counts in
            counts.inUse += 1
            if isOpen { counts.idle -= 1 }
        }
    }

    private func ends(isOpen: Bool, after time: Duration) {
        counts.withLock { counts in
            counts.inUse -= 1
            if isOpen { counts.idle += 1 }
            counts.calls += 1
            counts.callMicroseconds += Int(time / .microseconds(1))
        }
    }

    private func next() -> Job? {
        queue.withLock { $0.idle += 1 }
        tickets.wait()
        return queue.withLock { queue in
            queue.idle -= 1
            return queue.jobs.isEmpty ? nil : queue.jobs.removeFirst()
        }
    }

    private func perform(_ job: Job, _ connection: inout PostgresConnection?) -> Outcome {
        do throws(PostgresError) {
            // A little early, so that who asked has the answer within the time and not just after it.
            let start = job.start - settings.timeout / 20
            guard start + settings.timeout > .now else { throw .timeout }
            if connection == nil { connection = try PostgresConnection(settings, start: start) }
            guard let connection else { throw .timeout }
            connection.renewDeadline(start)
            return job.run(.success(connection))
        } catch {
            return job.run(.failure(error))
        }
    }
}

/// Counts the tries of a job.
private final class Attempt: Sendable {
    private let isFirst = Mutex(true)

    /// Once, and only if there was a connection at all: a server that takes none is not asked twice.
    func mayRepeat(_ canRepeat: Bool, _ connection: Result<PostgresConnection, PostgresError>) -> Bool {
        guard canRepeat, case .success = connection else { return false }
        return isFirst.withLock { isFirst in
            defer { isFirst = false }
            return isFirst
        }
    }
}
