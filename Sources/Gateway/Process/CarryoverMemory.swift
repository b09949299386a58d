// A piece of memory in which a worker leaves its carryover. It belongs to no process: what a worker wrote can be read
// after its end, also after a violent one. A new text never takes the place of the one in force, so that whoever reads
// gets a whole one.

import Glibc

/// The memory behind a descriptor: where the text in force is, and behind that the text.
package struct CarryoverMemory: Sendable {
    private let descriptor: Int32

    /// The first 32 bytes. The serial stands at both ends: while they differ it is being changed.
    private struct Header {
        let serial: UInt64
        let offset: UInt64
        let length: UInt64

        var words: [UInt64] { [serial, offset, length, serial] }
    }

    private static let textStart: UInt64 = 4096
    private static let tries = 100

    package init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Makes new memory that has no name, for whoever inherits the descriptor.
    ///
    /// - Returns: the descriptor, which is closed in children that do not inherit it by name.
    package static func make() throws(FileFault) -> Int32 {
        // By a name that is gone at once: memfd_create is not in Swift's Glibc module.
        let name = "/gibbon-\(getpid())-\(UInt64.random(in: .min ... .max))"
        let descriptor = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0o600)
        guard descriptor >= 0 else { throw FileFault() }
        shm_unlink(name)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return descriptor
    }

    /// Grows with every text that is written; 0 when none was.
    package var serial: UInt64 { header?.serial ?? 0 }

    private var header: Header? {
        var words = [UInt64](repeating: 0, count: 4)
        for _ in 0..<Self.tries {
            guard pread(descriptor, &words, 32, 0) == 32 else { return nil }
            if words[0] == words[3] { return Header(serial: words[0], offset: words[1], length: words[2]) }
        }
        return nil
    }

    /// Puts a text in force. To be called by one process only.
    ///
    /// - Returns: false when there is no memory; the text of before stays in force.
    @discardableResult
    package func write(_ text: [UInt8]) -> Bool {
        let before = header ?? Header(serial: 0, offset: Self.textStart, length: 0)
        let length = UInt64(text.count)
        let fitsBefore = Self.textStart + length <= before.offset
        let offset = fitsBefore ? Self.textStart : before.offset + before.length
        var done = 0
        while done < text.count {
            let count = pwrite(descriptor, Array(text[done...]), text.count - done, off_t(offset) + off_t(done))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            done += count
        }
        let after = Header(serial: before.serial + 1, offset: offset, length: length)
        return pwrite(descriptor, after.words, 32, 0) == 32
    }

    /// The text in force with its serial; nil when there is none.
    package func read() -> (serial: UInt64, text: [UInt8])? {
        for _ in 0..<Self.tries {
            guard let header, header.serial > 0 else { return nil }
            var text = [UInt8](repeating: 0, count: Int(header.length))
            let count = pread(descriptor, &text, text.count, off_t(header.offset))
            // The text after the next one may have taken its place meanwhile.
            if count == text.count, serial == header.serial { return (header.serial, text) }
        }
        return nil
    }
}
