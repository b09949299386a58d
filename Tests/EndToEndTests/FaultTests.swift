// The short form of the fault run (Tests/Faults): half a minute of mixed load at two nodes while upstreams, names, the
// worker, the database and clients fail and come back. `make faults` is the long one.

import Foundation
import Testing

extension EndToEnd {
    @Suite("Faults", .enabled(if: Database.isInstalled))
    struct Faults {
        @Test func `no request to a healthy upstream fails, whatever else does`() throws {
            let script = PackagedFiles.root.appendingPathComponent("scripts/faults.sh").path
            let words = ["KONG_BINARY=\(Node.program)", script, "--short", "--seed", "1"]
            let run = try Command.run("env", words)
            Measured.note("fault run, short form:\n\(run.output)")
            #expect(run.status == 0, "\(run.output)")
        }
    }
}
