// A worker that root's master starts begins as root and gives that up before it takes its first connection: what only
// root may read (keys, settings, a declarative file) is read by then, and what the worker goes on writing is its
// user's.

import Glibc

/// What a worker may do, and how it comes to be less.
struct Privileges: Sendable {
    /// Why the worker stays root although the settings ask for another user; for the error log.
    let complaint: String?
    private let user: WorkerUser?
    private let settings: Settings

    /// - Throws: when the user is unknown, or was chosen and cannot reach the node's files.
    init(_ settings: Settings) throws(CommandFault) {
        self.settings = settings
        guard let wanted = try WorkerUser(settings), let closed = wanted.firstClosed(Self.folders(settings)) else {
            user = try WorkerUser(settings)
            complaint = nil
            return
        }
        let text = "\(wanted.name) (nginx_user) may not enter \(closed), where the node keeps its files"
        guard wanted.isStandard else { throw CommandFault(text) }
        user = nil
        complaint = text + ": the worker goes on as root. Open that folder, or use another prefix."
    }

    /// Where the worker opens files by their names after it has given up root.
    private static func folders(_ settings: Settings) -> [String] {
        var files = settings.logPaths.filter { !$0.hasPrefix("/dev/") }
        if settings.database == .sqlite { files.append(settings.sqlitePath) }
        files.append(settings.spoolFolder)
        let parents = files.map { String($0[..<($0.lastIndex(of: "/") ?? $0.startIndex)]) }
        return [settings.prefix] + parents.map { $0.isEmpty ? "/" : $0 }
    }

    /// Makes the folders for what only workers write.
    func prepare() throws(CommandFault) {
        for folder in [settings.paths.state, settings.paths.bodies] { try prepare(folder) }
        let spool = settings.spoolFolder
        guard spool != settings.paths.bodies, !TextFile.exists(spool) else { return }
        // One that is there is somebody's own and stays as it is.
        try prepare(spool)
        user?.own(spool)
    }

    private func prepare(_ folder: String) throws(CommandFault) {
        do throws(FileFault) {
            try TextFile.makeDirectory(folder)
        } catch {
            throw CommandFault("\(folder): \(error.reason)")
        }
        chmod(folder, 0o700)
    }

    /// Gives up root, once everything is open that only root may open. The folders stay root's: the worker cannot put
    /// a link in the way of what root writes there.
    func drop() throws(CommandFault) {
        guard let user else { return }
        for folder in [settings.paths.state, settings.paths.bodies] { user.own(folder) }
        if settings.database == .sqlite {
            // SQLite's companion files exist for as long as the file is open.
            for suffix in ["", "-wal", "-shm"] { user.own(settings.sqlitePath + suffix) }
        }
        try user.become()
    }
}
