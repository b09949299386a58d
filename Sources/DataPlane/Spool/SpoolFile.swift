// A temporary file that has no name: what a request's body leaves on the disk is gone when the request is, and when
// the process is. Everything here may wait for a disk and belongs on a thread that may.
//
// Unsafe memory: write(2) and pread(2) take pointers.

import Glibc
import NIOCore
import NIOPosix

/// Why a body could not be kept on the disk, in nginx's words.
struct SpoolFault: Error, Equatable {
    let text: String

    init(text: String) {
        self.text = text
    }

    /// What the system said last.
    fileprivate init(_ call: String, _ path: String) {
        let code = errno
        text = "\(call)() \"\(path)\" failed (\(code): \(String(cString: strerror(code))))"
    }
}

final class SpoolFile: Sendable {
    private let descriptor: Int32
    private let folder: String
    private let threads: NIOThreadPool

    /// Opens a file in that folder, for nobody else to find or read.
    init(in folder: String, closingOn threads: NIOThreadPool) throws(SpoolFault) {
        self.folder = folder
        self.threads = threads
        let unnamed = open(folder, Self.withoutName | O_RDWR | O_CLOEXEC, 0o600)
        descriptor = unnamed >= 0 ? unnamed : try Self.openAndUnlink(in: folder)
    }

    deinit {
        // To give up a large file takes the system a while.
        let descriptor = descriptor
        threads.submit { _ in close(descriptor) }
    }

    /// O_TMPFILE, which Swift does not import.
    private static let withoutName: Int32 = 0o20_000_000 | O_DIRECTORY

    /// For file systems that know no files without names.
    private static func openAndUnlink(in folder: String) throws(SpoolFault) -> Int32 {
        let path = "\(folder)/\(UInt64.random(in: .min ... .max))"
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SpoolFault("open", path) }
        unlink(path)
        return descriptor
    }

    /// Appends all of the bytes.
    func append(_ bytes: ByteBuffer) throws(SpoolFault) {
        var rest = bytes
        while rest.readableBytes > 0 {
            let count = rest.withUnsafeReadableBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SpoolFault("write", folder) }
            rest.moveReaderIndex(forwardBy: count)
        }
    }

    /// Exactly that many bytes from that place.
    func read(at offset: Int, count: Int) throws(SpoolFault) -> ByteBuffer {
        var bytes = ByteBuffer()
        bytes.reserveCapacity(count)
        while bytes.readableBytes < count {
            let (place, missing) = (offset + bytes.readableBytes, count - bytes.readableBytes)
            var hasFailed = false
            let got = bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: missing) { memory in
                let got = pread(descriptor, memory.baseAddress, missing, off_t(place))
                hasFailed = got < 0
                return max(got, 0)
            }
            if hasFailed, errno == EINTR { continue }
            guard !hasFailed else { throw SpoolFault("pread", folder) }
            guard got > 0 else { throw SpoolFault(text: "pread() \"\(folder)\" read only \(place) bytes") }
        }
        return bytes
    }
}
