// Gives back the memory that only the start needed. The program file is large (it holds every Swift library) and so are
// the libraries beside it, and starting touches a good part of them once: type metadata, conformance tables, symbols,
// code that runs a single time. Those pages are clean copies of files, so they can be dropped; the few that are needed
// again come back from the page cache.

import Glibc

package enum StartupPages {
    /// Drops the resident pages of the program's and its libraries' code and symbols. Does nothing if the maps can't be
    /// read.
    static func release() {
        guard let maps = try? TextFile.read("/proc/self/maps") else { return }
        for range in untouched(maps) {
            guard let start = UnsafeMutableRawPointer(bitPattern: range.lowerBound) else { continue }
            madvise(start, Int(range.count), MADV_DONTNEED)
        }
    }

    /// The address ranges in /proc/PID/maps of files that were surely never written to: code, and what a file begins
    /// with. Other read-only pages may hold relocations (RELRO), which exist nowhere else and must stay.
    package static func untouched(_ maps: String) -> [Range<UInt>] {
        maps.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
            guard parts.count == 6, parts[5].drop(while: { $0 == " " }).hasPrefix("/") else { return nil }
            let isStart = parts[1] == "r--p" && parts[2].allSatisfy { $0 == "0" }
            guard parts[1] == "r-xp" || isStart else { return nil }
            let bounds = parts[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            return bounds.count == 2 && bounds[0] < bounds[1] ? bounds[0]..<bounds[1] : nil
        }
    }
}
