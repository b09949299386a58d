// A disk that a test can fill: a file system in memory, which only root can make.

import Foundation
import Glibc

struct SmallDisk {
    let path: String
    private var ballast: String { path + "/ballast" }

    static let isAvailable = geteuid() == 0

    static func with<Value>(kilobytes: Int, _ body: (SmallDisk) throws -> Value) throws -> Value {
        let disk = SmallDisk(path: NSTemporaryDirectory() + "/e2e-disk-\(UUID().uuidString)")
        try FileManager.default.createDirectory(atPath: disk.path, withIntermediateDirectories: true)
        defer { rmdir(disk.path) }
        let mount = try Command.run(
            "mount", ["-t", "tmpfs", "-o", "size=\(kilobytes)k,mode=1777", "e2e-disk", disk.path])
        guard mount.status == 0 else { throw SocketFault("mount: \(mount.output)") }
        defer { _ = try? Command.run("umount", ["-l", disk.path]) }
        return try body(disk)
    }

    /// Takes all the space that is left.
    func fill() {
        let file = open(ballast, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(file) }
        let block = [UInt8](repeating: 0, count: 4096)
        while write(file, block, block.count) > 0 {}
    }

    /// Gives back what `fill` took.
    func free() {
        unlink(ballast)
    }
}
