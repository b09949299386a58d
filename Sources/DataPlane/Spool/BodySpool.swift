// A request's body on the disk, as its event loop sees it: appended piece by piece, then read as often as an upstream
// has to be asked. One operation at a time; the loop goes on meanwhile.

import NIOCore
import NIOPosix

final class BodySpool {
    /// What is written or read at once.
    static let pieceBytes = 64 << 10

    private let folder: String
    private let loop: any EventLoop
    private let threads: NIOThreadPool
    /// Made by the first append.
    private var file: SpoolFile?
    /// Counts the passes over the body, so that late bytes of an earlier one are known as such.
    private var pass = 0
    /// How much was appended.
    private(set) var byteCount = 0
    /// How much of it was read in this pass.
    private(set) var position = 0
    /// Whether an operation is under way.
    private(set) var isBusy = false

    init(in folder: String, loop: any EventLoop, threads: NIOThreadPool = .singleton) {
        self.folder = folder
        self.loop = loop
        self.threads = threads
    }

    /// Whether everything was read.
    var isAtEnd: Bool { position == byteCount }

    /// Writes bytes behind those that are there. `done` is called on the event loop.
    func append(_ bytes: ByteBuffer, _ done: @escaping (SpoolFault?) -> Void) {
        isBusy = true
        byteCount += bytes.readableBytes
        run { [file, folder, threads] () throws(SpoolFault) in
            let known = if let file { file } else { try SpoolFile(in: folder, closingOn: threads) }
            try known.append(bytes)
            return known
        } then: { [weak self] result in
            self?.isBusy = false
            switch result {
            case .success(let file):
                self?.file = file
                done(nil)
            case .failure(let fault): done(fault)
            }
        }
    }

    /// Reads the next piece. `done` is called on the event loop, unless a new pass has begun by then.
    func next(_ done: @escaping (Result<ByteBuffer, SpoolFault>) -> Void) {
        guard let file else { return }
        isBusy = true
        let (pass, start) = (pass, position)
        let count = min(Self.pieceBytes, byteCount - start)
        run { () throws(SpoolFault) in
            try file.read(at: start, count: count)
        } then: { [weak self] result in
            guard let self, self.pass == pass else { return }
            isBusy = false
            position = start + count
            done(result)
        }
    }

    /// Begins to read anew.
    func rewind() {
        pass += 1
        position = 0
        isBusy = false
    }

    private func run<Value: Sendable>(
        _ operation: @escaping @Sendable () throws(SpoolFault) -> Value,
        then: @escaping (Result<Value, SpoolFault>) -> Void
    ) {
        threads.runIfActive(eventLoop: loop) { () -> Result<Value, SpoolFault> in
            do throws(SpoolFault) {
                return .success(try operation())
            } catch {
                return .failure(error)
            }
        }
        .assumeIsolated()
        .whenComplete { outcome in
            then((try? outcome.get()) ?? .failure(SpoolFault(text: "the threads for files have ended")))
        }
    }
}
