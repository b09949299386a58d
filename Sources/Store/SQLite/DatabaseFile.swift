// The file under the SQLite store: made private to its owner, since it holds keys and credentials, and watched, since
// SQLite goes on writing to a file that was removed or replaced and so would lose what it acknowledged.

import Glibc

struct DatabaseFile: Sendable {
    let path: String
    private let identity: Identity

    private struct Identity: Sendable, Equatable {
        let device: UInt
        let inode: UInt
    }

    /// Creates the file with mode 0600, or takes the one that is there and closes it to others.
    init(creating path: String) throws(StoreError) {
        self.path = path
        try Self.makePrivate(path)
        guard let identity = Self.identity(of: path) else { throw Self.failure(path) }
        self.identity = identity
    }

    private static func makePrivate(_ path: String) throws(StoreError) {
        // Not opened when it exists: closing any descriptor of a file drops the process' locks on it (POSIX fcntl).
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            close(descriptor)
            return
        }
        guard errno == EEXIST else { throw failure(path) }
        var status = stat()
        guard stat(path, &status) == 0 else { throw failure(path) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .broken(path: path, reason: "not a regular file") }
        guard access(path, R_OK | W_OK) == 0, chmod(path, 0o600) == 0 else { throw failure(path) }
    }

    /// Whether the path still leads to the file that is open.
    func verify() throws(StoreError) {
        guard Self.identity(of: path) == identity else {
            throw .broken(path: path, reason: "the file was removed or replaced while it was in use")
        }
    }

    private static func identity(of path: String) -> Identity? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Identity(device: UInt(status.st_dev), inode: UInt(status.st_ino))
    }

    private static func failure(_ path: String) -> StoreError {
        .broken(path: path, reason: String(cString: strerror(errno)))
    }
}
