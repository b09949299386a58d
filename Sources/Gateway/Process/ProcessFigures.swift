// What the system tells of this process: its memory, its open files and its start. Read when somebody asks.

import ControlPlane
import Glibc

extension NodeInternals.Process {
    /// The figures of this moment; what cannot be read is 0.
    static func now(startedAtSeconds: Double) -> Self {
        var figures = Self()
        figures.residentBytes = residentPages * sysconf(Int32(_SC_PAGESIZE))
        figures.openFiles = openFileCount
        figures.startedAtSeconds = startedAtSeconds
        return figures
    }

    private static var residentPages: Int {
        let words = ((try? TextFile.read("/proc/self/statm")) ?? "").split(separator: " ")
        return words.dropFirst().first.flatMap { Int($0) } ?? 0
    }

    /// Without the directory that is open for counting, and without `.` and `..`.
    private static var openFileCount: Int {
        guard let directory = opendir("/proc/self/fd") else { return 0 }
        defer { closedir(directory) }
        var count = 0
        while readdir(directory) != nil { count += 1 }
        return max(count - 3, 0)
    }
}
