// file-log: appends a line of JSON to a file for every request.
// The writing is another thread's: a full disk costs entries and never requests.

import Glibc
import PluginKit
import Schema
import Wire

/// Appends entries to a file.
package struct FileLog: LogPhase {
    package static let declaration = PluginDeclaration(
        name: "file-log", version: "1.0.0", priority: 9, config: Config.schema,
        runOn: ["first", "second", "all"])
    package static let logsEntries = true

    /// Kong makes a file that is not there when it checks the setting; one that is there it takes as it is.
    @Sendable
    private static func creationError(_ path: String) -> String? {
        if Glibc.access(path, F_OK) == 0 { return nil }
        let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard file < 0 else {
            close(file)
            return nil
        }
        return "Cannot create file: \(path): \(String(cString: strerror(errno)))"
    }

    package struct Config: Declared {
        package var path = ""
        package var reopen = false

        package init() {}

        package static let fields: [Field<Self>] = [
            Field("path", \.path, .required, .text(creationError), doc: "The file; it is made if it is not there."),
            Field("reopen", \.reopen, doc: "Whether the file is opened anew for every line."),
        ]
    }

    private let path: String
    private let reopens: Bool

    package init(_ config: Config, _ setup: Setup) {
        (path, reopens) = (config.path, config.reopen)
    }

    package func log(_ x: Exchange) {
        let line = LogEntry.json(of: x) + [Ascii.lineFeed]
        x.outbound?.append(line, toFile: path, reopens: reopens, sender: Self.declaration.name)
    }
}
