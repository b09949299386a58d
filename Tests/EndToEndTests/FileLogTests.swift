// Entries in a file, through its rotation and on a disk that is full, and entries in the system's log.

import Foundation
import Glibc
import Testing

extension EndToEnd {
    @Suite("File log")
    struct FileLog {
        private static func origin() throws -> Origin { try Origin(answering: { _ in Origin.ok() }) }

        private static func ask(_ node: Node, _ targets: Range<Int>) throws {
            let socket = try node.connect()
            defer { socket.close() }
            for number in targets { #expect(try socket.get("/\(number)").status == 200) }
        }

        /// The targets of the entries in a file. A line that is not whole counts as none.
        private static func targets(_ file: String) -> [String] {
            let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
            return text.split(separator: "\n").filter { $0.hasSuffix("}") }.compactMap { line in
                let entry = LogReceiver.entry(String(line))
                return (entry["request"] as? [String: Any])?["uri"] as? String
            }
        }

        private static func expect(_ file: String, _ targets: Range<Int>) {
            let expected = targets.map { "/\($0)" }
            let isThere = eventually(within: 10) { Self.targets(file) == expected }
            #expect(isThere, "\(Self.targets(file).count) of \(expected.count)")
        }

        private static func with(_ reopen: Bool, _ body: (_ node: Node, _ file: String) throws -> Void) throws {
            // The worker may write where its user may.
            let folder = NSTemporaryDirectory() + "/e2e-file-log-\(UUID().uuidString)"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            chmod(folder, 0o777)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            try Node.with(origin: origin()) { node throws in
                let file = folder + "/entries.log"
                let config: [String: Any] = ["path": file, "reopen": reopen]
                #expect(try node.admin("POST", "/plugins", ["name": "file-log", "config": config]).status == 201)
                try body(node, file)
            }
        }

        @Test func `every request is a line, and USR1 goes on in a new file`() throws {
            try Self.with(false) { node, file throws in
                try Self.ask(node, 0..<20)
                Self.expect(file, 0..<20)
                rename(file, file + ".1")
                try Self.ask(node, 20..<30)
                Self.expect(file + ".1", 0..<30)
                node.signal(SIGUSR1)
                #expect(eventually(within: 10) { access(file, F_OK) == 0 })
                try Self.ask(node, 30..<40)
                Self.expect(file, 30..<40)
                Self.expect(file + ".1", 0..<30)
            }
        }

        @Test func `reopen opens the file anew for every line`() throws {
            try Self.with(true) { node, file throws in
                try Self.ask(node, 0..<5)
                Self.expect(file, 0..<5)
                rename(file, file + ".1")
                try Self.ask(node, 5..<8)
                Self.expect(file, 5..<8)
                Self.expect(file + ".1", 0..<5)
            }
        }

        @Test(.enabled(if: SmallDisk.isAvailable)) func `a full disk costs entries, which are counted, and no request`()
            throws
        {
            try SmallDisk.with(kilobytes: 256) { disk throws in
                try Node.with(origin: Self.origin()) { node throws in
                    let file = disk.path + "/entries.log"
                    try node.admin("POST", "/plugins", ["name": "file-log", "config": ["path": file]])
                    try Self.ask(node, 0..<1)
                    Self.expect(file, 0..<1)
                    disk.fill()
                    try Self.ask(node, 1..<100)
                    let lost = "gibbon_log_lines_dropped_total{reason=\"write\"}"
                    #expect(eventually(within: 10) { try node.metric(lost) ?? 0 > 90 })
                    #expect(eventually(within: 10) { node.log("error.log").contains("[file-log] ") })
                    disk.free()
                    let before = Self.targets(file).count
                    try Self.ask(node, 100..<110)
                    #expect(eventually(within: 10) { Self.targets(file).count == before + 10 })
                }
            }
        }

        /// Gives a program a /dev of its own, in which `log` leads to the socket. All below the folder, which is its
        /// first argument.
        private static let ownDevices = """
            set -e
            mkdir "$0/dev" && mount -t tmpfs own "$0/dev"
            for name in null zero full random urandom; do touch "$0/dev/$name"; mount --bind "/dev/$name" "$0/dev/$name"
            done
            ln -s /proc/self/fd "$0/dev/fd" && ln -s "$0/socket" "$0/dev/log"
            mount --rbind "$0/dev" /dev
            exec "$@"
            """

        private static let mayMount =
            geteuid() == 0 && (try? Command.run("unshare", ["--mount", "true"]).status) == 0

        @Test(.enabled(if: mayMount)) func `syslog hands entries to the system's log as kong, facility user`() throws {
            let folder = NSTemporaryDirectory() + "/e2e-syslog-\(UUID().uuidString.prefix(8))"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            try LogReceiver.with("unix", [folder + "/socket"]) { receiver throws in
                let launcher = ["unshare", "--mount", "sh", "-c", Self.ownDevices, folder]
                let origin = try Self.origin()
                defer { origin.stop() }
                try Node.with(launcher: launcher) { node throws in
                    try node.route("/", to: origin.port)
                    try node.admin("POST", "/plugins", ["name": "syslog", "config": ["log_level": "notice"]])
                    #expect(try node.get("/quiet").status == 200)
                    try node.admin("PATCH", "/plugins/" + Self.plugin(node), ["config": ["log_level": "info"]])
                    #expect(try node.get("/loud").status == 200)
                    let message = try #require(receiver.messages(1).first)
                    #expect(message.hasPrefix("0 <14>"))
                    #expect(message.contains(" kong["))
                    #expect(Self.uri(message) == "/loud")
                }
            }
        }

        private static func plugin(_ node: Node) throws -> String {
            let data = try node.admin("GET", "/plugins").json["data"] as? [[String: Any]]
            return try #require(data?.first?["id"] as? String)
        }

        private static func uri(_ message: String) -> String? {
            (LogReceiver.entry(message)["request"] as? [String: Any])?["uri"] as? String
        }
    }
}
