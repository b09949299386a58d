// What the system knows of a process: /proc, read from outside.

import Foundation
import Glibc

struct ProcessFacts: Sendable, Hashable {
    let pid: pid_t

    /// Whether the process runs; one that ended and was not waited for does not.
    var isAlive: Bool {
        guard let stat = read("stat"), let end = stat.lastIndex(of: ")") else { return false }
        return !stat[stat.index(after: end)...].hasPrefix(" Z")
    }

    var children: [ProcessFacts] {
        let text = read("task/\(pid)/children") ?? ""
        return text.split(separator: " ").compactMap { pid_t($0) }.map { ProcessFacts(pid: $0) }
    }

    /// How many files and sockets are open.
    var openFiles: Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd").count) ?? 0
    }

    /// The variables that the process was started with, as NAME=VALUE.
    var environment: [Substring] { read("environ")?.split(separator: "\0") ?? [] }

    /// The threads by name, each with its nice value: below 0 come before other processes' threads.
    var threads: [(name: String, nice: Int)] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task")) ?? []
        return all.compactMap { number in
            // The name stands in parentheses and may have blanks.
            guard let stat = read("task/\(number)/stat"), let start = stat.firstIndex(of: "("),
                let end = stat.lastIndex(of: ")")
            else { return nil }
            let rest = stat[stat.index(after: end)...].split(separator: " ")
            guard rest.count > 16, let nice = Int(rest[16]) else { return nil }
            return (String(stat[stat.index(after: start)..<end]), nice)
        }
    }

    /// Memory in use, in bytes.
    var residentBytes: Int { status("VmRSS") << 10 }
    /// The most memory that was in use since the last `forgetPeak`, in bytes.
    var peakBytes: Int { status("VmHWM") << 10 }

    func forgetPeak() {
        try? Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/\(pid)/clear_refs"))
    }

    /// How much memory `body` costs the process at most, in MiB over what it had before.
    func growth(_ body: () throws -> Void) rethrows -> Int {
        forgetPeak()
        let before = residentBytes
        try body()
        return (peakBytes - before) >> 20
    }

    private func status(_ name: String) -> Int {
        let line = read("status")?.split(separator: "\n").first { $0.hasPrefix(name + ":") }
        return line?.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) } ?? 0
    }

    private func read(_ name: String) -> String? {
        try? String(contentsOfFile: "/proc/\(pid)/\(name)", encoding: .utf8)
    }
}
