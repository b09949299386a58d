// The last data set of a node on disk, for a start while the database is away: one line a row, with a checksum over
// all of it. It holds keys and credentials, so that nobody but the node's user may read it.

import Foundation
import Schema

/// Reads and writes a data set as a file.
struct DatasetFile: Sendable {
    let path: String
    /// Names the database; rows of another one are of no use.
    let identity: String
    let layouts: Layouts

    private static let format = "gibbon-dataset-1"

    /// Replaces the file in one step: a crash leaves the old one or the new one.
    func write(_ dataset: Dataset) throws {
        var body: [UInt8] = []
        for layout in layouts.all {
            for row in dataset.rows(of: layout.entity) {
                JSON.array([.string(layout.entity), .object(row)]).write(to: &body)
                body.append(UInt8(ascii: "\n"))
            }
        }
        let header: JSON = [
            "format": .string(Self.format), "database": .string(identity),
            "checksum": .string(String(Checksum.of(body), radix: 16)),
        ]
        // A new file always: the folder is a less trusted user's than the process that may write here, and what lies
        // there could be a link. Of its own name: during a reload two workers write.
        let temporary = temporaryPrefix + UUID().uuidString
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown) }
        // What is left of it after a failure; when all went well the name is gone.
        defer { unlink(temporary) }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        guard fchmod(descriptor, 0o600) == 0 else { throw CocoaError(.fileWriteNoPermission) }
        try handle.write(contentsOf: Data(header.bytes + [UInt8(ascii: "\n")] + body))
        guard fsync(descriptor) == 0, rename(temporary, path) == 0 else { throw CocoaError(.fileWriteUnknown) }
    }

    private var temporaryPrefix: String { path + ".new." }

    /// Removes what processes left behind that were killed while they wrote. Nobody writes for as long as a minute.
    func removeLeftovers() {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        for name in names {
            let file = folder.appendingPathComponent(name).path
            let attributes = try? FileManager.default.attributesOfItem(atPath: file)
            guard file.hasPrefix(temporaryPrefix), let changed = attributes?[.modificationDate] as? Date,
                changed.timeIntervalSinceNow < -60
            else { continue }
            unlink(file)
        }
    }

    /// The data set in the file; nil when there is none that is whole and of this database.
    func read() -> Dataset? {
        guard let body = Self.body(path, identity: identity) else { return nil }
        var dataset = Dataset(layouts: layouts, revision: 0)
        for line in body.split(separator: UInt8(ascii: "\n")) {
            guard case .array(let pair) = try? JSON(parsing: String(decoding: line, as: UTF8.self)), pair.count == 2,
                let entity = pair[0].string, let row = pair[1].object
            else { return nil }
            if let layout = layouts[entity] { dataset.insert(layout.complete(row), into: entity) }
        }
        return dataset
    }

    static func isWhole(_ path: String, identity: String) -> Bool {
        body(path, identity: identity) != nil
    }

    /// What follows the header, when that and the checksum are as they should be.
    private static func body(_ path: String, identity: String) -> ArraySlice<UInt8>? {
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        let bytes = Array(data)
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        let header = try? JSON(parsing: String(decoding: bytes[..<end], as: UTF8.self))
        let body = bytes[(end + 1)...]
        guard header?["format"]?.string == format, header?["database"]?.string == identity,
            header?["checksum"]?.string == String(Checksum.of(body), radix: 16)
        else { return nil }
        return body
    }
}

/// CRC-64 (ECMA-182, as in xz): finds torn and damaged files.
enum Checksum {
    static func of(_ bytes: some Sequence<UInt8>) -> UInt64 {
        var value = ~UInt64(0)
        for byte in bytes { value = table[Int(UInt8(truncatingIfNeeded: value) ^ byte)] ^ (value >> 8) }
        return ~value
    }

    private static let table: [UInt64] = (0..<256).map { index in
        var value = UInt64(index)
        for _ in 0..<8 { value = value & 1 == 1 ? (value >> 1) ^ 0xC96C_5795_D787_0F42 : value >> 1 }
        return value
    }
}
