// logrotate itself, with the file that the package installs, turns the logs of a node while requests flow: every line
// is in one of the files, once.

import Foundation
import Glibc
import Synchronization
import Testing

extension EndToEnd {
    @Suite("Log rotation")
    struct LogRotation {
        /// Requests with a number each, on several connections that are kept open.
        private final class NumberedLoad: Sendable {
            private let isRunning = Mutex(true)
            private let sent = Mutex<[String]>([])
            private let running = Mutex(0)

            init(_ node: Node, connections: Int = 4) {
                running.withLock { $0 = connections }
                for connection in 0..<connections {
                    Thread.detachNewThread { [self] in
                        try? send(node, connection)
                        running.withLock { $0 -= 1 }
                    }
                }
            }

            private func send(_ node: Node, _ connection: Int) throws {
                let socket = try node.connect()
                defer { socket.close() }
                var number = 0
                while isRunning.withLock({ $0 }) {
                    number += 1
                    let target = "/\(connection)/\(number)"
                    guard try socket.get(target).status == 200 else { return }
                    sent.withLock { $0.append(target) }
                }
            }

            /// Ends the load. Gives back the targets that were answered, one for each request.
            func stop() -> [String] {
                isRunning.withLock { $0 = false }
                #expect(eventually(within: 9) { running.withLock { $0 } == 0 })
                return sent.withLock { $0 }
            }
        }

        /// The package's file for the logs of a node, which says what is done when and how.
        private static func configuration(_ node: Node) throws -> String {
            try PackagedFiles.text("logrotate/kong")
                .replacingOccurrences(of: "/var/log/kong", with: node.prefix + "/logs")
                .replacingOccurrences(of: "/usr/local/kong", with: node.prefix)
        }

        private static func rotate(_ node: Node, _ configuration: String) throws {
            let run = try Command.run("logrotate", ["-f", "-s", node.prefix + "/logrotate.state", configuration])
            #expect(run.status == 0)
            #expect(run.output == "")
        }

        /// One a day is what the names of turned files have room for: the next would get the same.
        private static func setAside(in logs: String, as file: String) throws {
            for name in try FileManager.default.contentsOfDirectory(atPath: logs) where name.contains(".log-") {
                if name.hasPrefix("access.log-") {
                    rename(logs + "/" + name, file)
                } else {
                    unlink(logs + "/" + name)
                }
            }
        }

        private static func targets(in file: String) -> [String] {
            let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
            return text.split(separator: "\n").compactMap { line in
                let words = line.split(separator: " ")
                return words.count > 6 ? String(words[6]) : nil
            }
        }

        @Test func `logrotate under load loses no line and doubles none`() throws {
            try Node.with(origin: try Origin(answering: { _ in Origin.ok() })) { node throws in
                let path = node.prefix + "/logrotate.conf"
                try Data(Self.configuration(node).utf8).write(to: URL(fileURLWithPath: path))
                // It takes no files that others than their owner may write.
                chmod(path, 0o644)
                let load = NumberedLoad(node)
                let logs = node.prefix + "/logs"
                var files = [logs + "/access.log"]
                for number in 1...3 {
                    usleep(200_000)
                    try Self.rotate(node, path)
                    #expect(eventually { access(logs + "/access.log", F_OK) == 0 })
                    files.append(node.prefix + "/turned.\(number)")
                    try Self.setAside(in: logs, as: files[number])
                }
                usleep(200_000)
                let sent = load.stop()
                #expect(sent.count > 100)
                #expect(eventually { files.reduce(0) { $0 + Self.targets(in: $1).count } >= sent.count })
                for file in files { #expect(!Self.targets(in: file).isEmpty, "\(file)") }
                #expect(files.flatMap { Self.targets(in: $0) }.sorted() == sent.sorted())
            }
        }

        @Test func `a second day's rotation compresses the file of the day before`() throws {
            try Node.with(origin: try Origin(answering: { _ in Origin.ok() })) { node throws in
                let path = node.prefix + "/logrotate.conf"
                try Data(Self.configuration(node).utf8).write(to: URL(fileURLWithPath: path))
                chmod(path, 0o644)
                let logs = node.prefix + "/logs"
                let before = logs + "/access.log-20200101"
                try Data("a line of that day\n".utf8).write(to: URL(fileURLWithPath: before))
                #expect(try node.get("/").status == 200)
                #expect(eventually { !node.log("access.log").isEmpty })
                try Self.rotate(node, path)
                #expect(access(before + ".gz", F_OK) == 0)
                #expect(access(before, F_OK) != 0)
                // Nothing was written since: there is nothing to turn.
                #expect(eventually { access(logs + "/access.log", F_OK) == 0 })
                try Self.rotate(node, path)
                #expect(access(logs + "/access.log", F_OK) == 0)
            }
        }
    }
}
