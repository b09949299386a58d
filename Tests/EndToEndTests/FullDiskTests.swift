// The disk with the logs is full: lines are lost and counted, requests are not, and logging goes on when there is
// space again.

import Foundation
import Testing

extension EndToEnd {
    @Suite("Full disk", .enabled(if: SmallDisk.isAvailable))
    struct FullDisk {
        private static let lost = "gibbon_log_lines_dropped_total{reason=\"write\"}"

        /// Lines that are there whole; a disk may be full in the middle of one.
        private static func lines(_ file: String) -> Int {
            let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
            return text.split(separator: "\n").count { $0.contains("\"GET /") && $0.hasSuffix("\"-\" \"-\"") }
        }

        @Test func `a full disk costs lines, which are counted, and no request`() throws {
            try SmallDisk.with(kilobytes: 256) { disk throws in
                let log = disk.path + "/access.log"
                let origin = try Origin(answering: { _ in Origin.ok() })
                let settings = ["proxy_access_log": log, "proxy_error_log": disk.path + "/error.log"]
                try Node.with(origin: origin, settings) { node throws in
                    try Self.ask(node, times: 1)
                    #expect(eventually(within: 10) { Self.lines(log) == 1 })
                    #expect(try node.metric(Self.lost) == 0)

                    disk.fill()
                    let count = 600
                    try Self.ask(node, times: count)
                    // What was counted as lost and what is there are all; a line of which a part is there may be both.
                    let isComplete = eventually(within: 10) {
                        let lost = Int(try node.metric(Self.lost) ?? 0)
                        let sum = lost + Self.lines(log)
                        return lost > 0 && (sum == count + 1 || sum == count + 2)
                    }
                    let (lost, there) = (try node.metric(Self.lost), Self.lines(log))
                    #expect(isComplete, "\(lost ?? 0) lost, \(there) there")

                    disk.free()
                    try Self.ask(node, times: 10)
                    #expect(eventually(within: 10) { Self.lines(log) == there + 10 })
                    #expect(try node.metric(Self.lost) == lost)
                }
            }
        }

        private static func ask(_ node: Node, times: Int) throws {
            let socket = try node.connect()
            defer { socket.close() }
            for number in 0..<times { #expect(try socket.get("/\(number)").status == 200) }
        }
    }
}
