// What the writer thread and everybody else share, always under the writer's lock and never during a system call
// that can wait: the queue of chunks, the empty blocks that go back, and the requests to the thread.

/// The state behind `LogWriter`'s lock.
struct LogMailbox {
    /// Chunks not taken by the writer yet, oldest first.
    var queue: [LogChunk] = []
    /// Empty blocks for the loops.
    var spare: [LogChunk] = []
    /// Bytes in the queue and in the writer's hands.
    var waitingBytes = 0
    /// Indexed by LogFile.
    var descriptors: [LogDescriptor] = []
    /// The files that were not opened before they were written to, by path.
    private var files: [String: LogFile] = [:]
    var reopenIsWanted = false
    var isStopping = false
    var writerSleeps = false

    /// A block more than the loops of a large machine can wait for at once is given back to the system.
    private static let maximumSpareBlocks = 32

    var isQuiet: Bool { waitingBytes == 0 && !reopenIsWanted }

    mutating func takeBack(_ chunk: LogChunk) {
        waitingBytes -= chunk.used
        if spare.count < LogMailbox.maximumSpareBlocks, chunk.capacity == LogChunk.blockBytes {
            spare.append(chunk)
        }
    }

    /// Queues a chunk and leaves an empty one of the same log in its place.
    mutating func exchange(_ chunk: inout LogChunk) {
        let file = chunk.file
        waitingBytes += chunk.used
        queue.append(chunk)
        chunk = spare.popLast() ?? LogChunk(file: file)
        chunk.clear(for: file)
    }

    /// The file of that path, which need not be open yet.
    mutating func file(_ path: String, _ complain: @escaping @Sendable (LogFailure) -> Void) -> LogFile {
        if let known = files[path] {
            descriptors[known.index].complain = complain
            return known
        }
        let file = LogFile(index: descriptors.count)
        descriptors.append(LogDescriptor(unopened: path, complain))
        files[path] = file
        return file
    }

    /// Queues whole lines for a file.
    mutating func append(_ bytes: [UInt8], to file: LogFile, reopens: Bool) {
        waitingBytes += bytes.count
        let last = queue.indices.last
        if let last, queue[last].file == file, queue[last].hasRoom(for: bytes.count) {
            queue[last].append(wholeLine: bytes.span)
            if reopens { queue[last].reopensFile = true }
        } else {
            var chunk = spare.popLast() ?? LogChunk(file: file)
            chunk.clear(for: file)
            chunk.append(wholeLine: bytes.span)
            chunk.reopensFile = reopens
            queue.append(chunk)
        }
    }

    /// Queues one line from a thread without a buffer, in the last chunk of the same log where there is room.
    mutating func append(_ line: borrowing LogChunk) {
        waitingBytes += line.used
        if let last = queue.indices.last, queue[last].file == line.file, queue[last].hasRoom(for: line.used) {
            queue[last].append(line)
        } else {
            var chunk = spare.popLast() ?? LogChunk(file: line.file)
            chunk.clear(for: line.file)
            chunk.append(line)
            queue.append(chunk)
        }
    }
}
