// Keeps the health of targets over a reload: the worker writes down which addresses are out, and the next worker of the
// same node starts from that. A new start of the node begins with all of them healthy, as Kong does.

import DataPlane

/// The file `.health` below the prefix: the node's id, then a line for each address that is out.
final class HealthFile: Sendable {
    private let path: String
    private let nodeID: String
    private let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    init(_ launch: WorkerLaunch) {
        path = PrefixPaths(launch.prefix).health
        nodeID = launch.nodeID
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// What the worker before this one knew; nothing if that was of another start of the node.
    func read() -> Set<OutOfService> {
        guard let text = try? TextFile.read(path) else { return [] }
        let lines = text.split(separator: "\n")
        guard lines.first.map(String.init) == nodeID else { return [] }
        return Set(lines.dropFirst().compactMap { OutOfService(line: $0) })
    }

    /// Follows the health of the upstreams until `stop`.
    func follow(_ upstreams: Upstreams, _ log: DataPlane.ErrorLog) {
        upstreams.signal.listen { [wake] in wake.yield() }
        Task { [self] in
            for await _ in wakes {
                write(upstreams.outOfService, log)
                // Changes come in bursts when something breaks.
                try? await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    /// Leaves the file to the worker that takes over.
    func stop() {
        wake.finish()
    }

    private func write(_ out: Set<OutOfService>, _ log: DataPlane.ErrorLog) {
        let lines = [nodeID] + out.map(\.line).sorted()
        do throws(FileFault) {
            try TextFile.write(path, lines.joined(separator: "\n") + "\n", newMode: 0o600)
        } catch {
            log.log(.warn, "could not write \(path): \(error.reason)")
        }
    }
}
