// Blocking work that is no database query, taken off the threads that run async code.

import Dispatch

/// Runs `work` on a thread that may block.
func offThread<Value: Sendable>(
    _ work: @escaping @Sendable () throws(StoreError) -> Value
) async throws(StoreError) -> Value {
    let result: Result<Value, StoreError> = await withCheckedContinuation { continuation in
        DispatchQueue.global().async {
            do throws(StoreError) {
                continuation.resume(returning: .success(try work()))
            } catch {
                continuation.resume(returning: .failure(error))
            }
        }
    }
    return try result.get()
}
