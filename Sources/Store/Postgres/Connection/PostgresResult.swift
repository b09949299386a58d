// The rows that a statement gave.

import CPostgres

/// A result of libpq's, freed with this object. All values are texts.
final class PostgresResult {
    private let raw: OpaquePointer

    init(_ raw: OpaquePointer) {
        self.raw = raw
    }

    deinit {
        PQclear(raw)
    }

    var count: Int { Int(PQntuples(raw)) }

    /// How many rows the statement changed.
    var changed: Int { Int(String(cString: PQcmdTuples(raw))) ?? 0 }

    /// Nil for NULL.
    func text(_ row: Int, _ column: Int) -> String? {
        let (row, column) = (Int32(row), Int32(column))
        guard PQgetisnull(raw, row, column) == 0, let start = PQgetvalue(raw, row, column) else { return nil }
        let length = Int(PQgetlength(raw, row, column))
        return start.withMemoryRebound(to: UInt8.self, capacity: length) {
            String(decoding: UnsafeBufferPointer(start: $0, count: length), as: UTF8.self)
        }
    }

    /// The first column of all rows; NULLs are left out.
    var texts: [String] { (0..<count).compactMap { text($0, 0) } }
}
