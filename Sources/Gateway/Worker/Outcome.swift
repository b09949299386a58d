// A value that one thread leaves for another.

import Synchronization

/// Holds the result of work done elsewhere.
final class Outcome<Value: Sendable>: Sendable {
    private let result = Mutex<Result<Value, any Error>?>(nil)

    func set(_ value: Result<Value, any Error>) {
        result.withLock { $0 = value }
    }

    /// - Throws: the work's error; `CancellationError` if nothing was left.
    func get() throws -> Value {
        guard let result = result.withLock({ $0 }) else { throw CancellationError() }
        return try result.get()
    }
}
