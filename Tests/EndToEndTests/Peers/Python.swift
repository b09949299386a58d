// Peers that are written in Python, below Tests: clients of HTTP/2 and gRPC, and servers.

import Foundation
import Glibc

enum Python {
    /// Debian's own, whose libraries are Debian's packages; another one may come first in PATH.
    private static let program = "/usr/bin/python3"

    private static func words(_ script: String, _ arguments: [String]) -> [String] {
        ["-B", EndToEnd.PackagedFiles.root.appendingPathComponent("Tests/" + script).path] + arguments
    }

    static func run(_ script: String, _ arguments: [String]) throws -> Command {
        try Command.run(program, words(script, arguments))
    }

    /// Runs `body` while a server runs, and hands it the first line that the server prints.
    static func serving<Value>(_ script: String, _ arguments: [String], _ body: (String) throws -> Value) throws
        -> Value
    {
        let output = NSTemporaryDirectory() + "/e2e-server-\(UUID().uuidString)"
        let pid = try Command.start(program, words(script, arguments), output: output)
        defer {
            kill(pid, SIGKILL)
            waitpid(pid, nil, 0)
            unlink(output)
        }
        return try body(try firstLine(output))
    }

    /// Runs `body` while a client loads a port, from its first answer on, and gives what the client prints at the end.
    static func loading(_ script: String, port: Int, _ body: () throws -> Void) throws -> String {
        let file = NSTemporaryDirectory() + "/e2e-load-\(UUID().uuidString)"
        let pid = try Command.start(program, words(script, [String(port), file + ".stop"]), output: file)
        defer { for suffix in ["", ".stop"] { unlink(file + suffix) } }
        do {
            defer {
                _ = FileManager.default.createFile(atPath: file + ".stop", contents: nil)
                waitpid(pid, nil, 0)
            }
            _ = try firstLine(file)
            try body()
        }
        return try String(contentsOfFile: file, encoding: .utf8)
    }

    private static func firstLine(_ path: String) throws -> String {
        var text = ""
        let hasLine = eventually(within: 20) {
            text = try String(contentsOfFile: path, encoding: .utf8)
            return text.contains("\n")
        }
        guard hasLine else { throw SocketFault("no line of output, but \(text)") }
        return String(text.prefix { $0 != "\n" })
    }
}
