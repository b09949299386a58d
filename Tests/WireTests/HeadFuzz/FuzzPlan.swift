// How much is fuzzed: a fixed, short amount in every run of the tests, and as much as WIRE_FUZZ_ROUNDS says where
// somebody looks for more; WIRE_FUZZ_SEED chooses other messages.

import Glibc

enum FuzzPlan {
    static let seeds: [UInt64] = {
        let first = number("WIRE_FUZZ_SEED") ?? 1
        return (0..<4).map { first &+ $0 }
    }()

    static let rounds = number("WIRE_FUZZ_ROUNDS").flatMap { Int(exactly: $0) } ?? 2500

    private static func number(_ name: String) -> UInt64? {
        getenv(name).flatMap { UInt64(String(cString: $0)) }
    }
}
