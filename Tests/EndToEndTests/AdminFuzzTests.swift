// Generated requests to the Admin API, good and broken: the short form of `make fuzz`.

import Foundation
import Testing

extension EndToEnd {
    @Suite struct AdminFuzzTests {
        @Test(arguments: Database.isInstalled ? ["sqlite", "postgres"] : ["sqlite"])
        func `no request makes the Admin API fail, and every refusal says what is wrong`(database: String) throws {
            let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .appendingPathComponent("Fuzz/fuzz.py").path
            let run = try Command.run(
                "python3",
                [script, "--kong", Node.program, "--requests", "1500", "--seed", "11", "--databases", database])
            #expect(run.status == 0, "\(run.output)")
        }
    }
}
