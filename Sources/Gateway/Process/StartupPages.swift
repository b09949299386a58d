// Gives back the memory that only the start needed. The program file is large (it holds every Swift library) and so are
// the libraries beside it, and starting touches a good part of them once: type metadata, conformance tables, symbols,
// code that runs a single time. Those pages are clean copies of files, so they can be dropped; the few that are needed
// again come back from the page cache.

import Glibc

package enum StartupPages {
    /// Drops the resident pages of the program's and its libraries' code and constants. Does nothing if the maps can't
    /// be read.
    static func release() {
        guard let maps = try? TextFile.read("/proc/self/smaps") else { return }
        for range in untouched(maps) {
            guard let start = UnsafeMutableRawPointer(bitPattern: range.lowerBound) else { continue }
            madvise(start, Int(range.count), MADV_DONTNEED)
        }
    }

    /// The address ranges in /proc/PID/smaps of files that nothing was written to. A mapping that can't be written now
    /// may have been relocated before (RELRO): such pages exist nowhere else, and the kernel counts them as anonymous.
    package static func untouched(_ maps: String) -> [Range<UInt>] {
        var ranges: [Range<UInt>] = []
        var candidate: Range<UInt>?
        for line in maps.split(separator: "\n") {
            let parts = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
            if parts.first?.last != ":" {
                candidate = readOnlyFile(parts)
            } else if parts.first == "Anonymous:" {
                if let range = candidate, parts.count == 3, parts[1] == "0" { ranges.append(range) }
                candidate = nil
            }
        }
        return ranges
    }

    /// The addresses of a mapping's first line: "START-END MODE OFFSET DEVICE INODE PATH".
    private static func readOnlyFile(_ parts: [Substring]) -> Range<UInt>? {
        guard parts.count == 6, parts[5].drop(while: { $0 == " " }).hasPrefix("/") else { return nil }
        guard parts[1] == "r-xp" || parts[1] == "r--p" else { return nil }
        let bounds = parts[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
        return bounds.count == 2 && bounds[0] < bounds[1] ? bounds[0]..<bounds[1] : nil
    }
}
