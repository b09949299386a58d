// Gives back the memory that only the start needed. The program file is large (it holds every library), and starting
// touches a good part of it once: type metadata, conformance tables, code that runs a single time. Those pages are
// clean copies of the file, so they can be dropped; the few that are needed again come back from the page cache.

import Glibc

enum StartupPages {
    /// Drops the resident pages of the program's code and read-only data. Does nothing if the maps can't be read.
    static func release() {
        guard let maps = try? TextFile.read("/proc/self/maps"), let program = Self.program else { return }
        for range in readOnly(maps, program: program) {
            guard let start = UnsafeMutableRawPointer(bitPattern: range.lowerBound) else { continue }
            madvise(start, Int(range.count), MADV_DONTNEED)
        }
    }

    private static var program: String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }

    /// The address ranges of the program that were never written to: its code, and the read-only data in front of it.
    /// Read-only pages behind the code may hold relocations (RELRO), which exist nowhere else and must stay.
    static func readOnly(_ maps: String, program: String) -> [Range<UInt>] {
        var ranges: [Range<UInt>] = []
        for line in maps.split(separator: "\n") {
            let parts = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
            guard parts.count == 6, parts[5].drop(while: { $0 == " " }) == program else { continue }
            guard parts[1] == "r--p" || parts[1] == "r-xp" else { break }
            let bounds = parts[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            if bounds.count == 2, bounds[0] < bounds[1] { ranges.append(bounds[0]..<bounds[1]) }
            if parts[1] == "r-xp" { break }
        }
        return ranges
    }
}
