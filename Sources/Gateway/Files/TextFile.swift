// Small files read and written whole through the C library: the master process reads its settings with this and must
// stay free of Foundation.

import Glibc

/// Why a file could not be read or written.
package struct FileFault: Error, Sendable, Equatable {
    package let code: Int32

    package init(code: Int32 = errno) { self.code = code }

    /// As the C library words it, "No such file or directory".
    package var reason: String { String(cString: strerror(code)) }
}

package enum TextFile {
    /// Files of settings and pids are small; more than this is not one of them.
    static let maxBytes = 16 << 20

    package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Asks for "PATH/.": `stat` would be the way, but where Foundation is imported anywhere in the module, its
    /// structure is no longer visible through Glibc.
    package static func isDirectory(_ path: String) -> Bool {
        access(path + "/.", F_OK) == 0 || errno == EACCES && exists(path)
    }

    /// The whole text of a file; bytes that are not UTF-8 are replaced.
    package static func read(_ path: String) throws(FileFault) -> String {
        String(decoding: try readBytes(path), as: UTF8.self)
    }

    package static func readBytes(_ path: String) throws(FileFault) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw FileFault() }
        defer { close(file) }
        return try readAll(file)
    }

    /// What an open file or pipe gives up to its end.
    static func readAll(_ file: Int32) throws(FileFault) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(file, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileFault() }
            if count == 0 { return bytes }
            guard bytes.count + count <= maxBytes else { throw FileFault(code: EFBIG) }
            bytes.append(contentsOf: chunk[..<count])
        }
    }

    /// Replaces the content of a file. An existing one keeps its mode and its place on the disk, so that a full disk
    /// does not leave it empty; a new one gets `newMode`, less the umask.
    package static func write(_ path: String, _ text: String, newMode: mode_t) throws(FileFault) {
        let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, newMode)
        guard file >= 0 else { throw FileFault() }
        defer { close(file) }
        let bytes = Array(text.utf8)
        guard writeAll(file, bytes), ftruncate(file, off_t(bytes.count)) == 0 else { throw FileFault() }
    }

    /// Writes a file that must not exist yet. It is on the disk when this returns; one that could not be written whole
    /// is removed.
    package static func create(_ path: String, _ text: String, mode: mode_t) throws(FileFault) {
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard file >= 0 else { throw FileFault() }
        defer { close(file) }
        guard writeAll(file, Array(text.utf8)), fsync(file) == 0 else {
            let fault = FileFault()
            unlink(path)
            throw fault
        }
    }

    /// Writes all bytes to an open file; false when that fails, with the reason in `errno`.
    @discardableResult
    static func writeAll(_ file: Int32, _ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Makes sure that a file exists, empty when it is new.
    package static func touch(_ path: String, mode: mode_t) throws(FileFault) {
        let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, mode)
        guard file >= 0 else { throw FileFault() }
        close(file)
    }

    /// Makes a directory and those above it. Where a file is in the way the fault is EEXIST, as Kong has it.
    package static func makeDirectory(_ path: String) throws(FileFault) {
        if isDirectory(path) { return }
        let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
        if !parent.isEmpty { try makeDirectory(parent) }
        guard mkdir(path, 0o755) == 0 else { throw FileFault() }
    }
}
