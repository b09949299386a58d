// The fields that every HPACK table begins with (RFC 7541, appendix A).

enum HPACKStaticTable {
    private static let fields: [(StaticString, StaticString)] = [
        (":authority", ""), (":method", "GET"), (":method", "POST"), (":path", "/"), (":path", "/index.html"),
        (":scheme", "http"), (":scheme", "https"), (":status", "200"), (":status", "204"), (":status", "206"),
        (":status", "304"), (":status", "400"), (":status", "404"), (":status", "500"), ("accept-charset", ""),
        ("accept-encoding", "gzip, deflate"), ("accept-language", ""), ("accept-ranges", ""), ("accept", ""),
        ("access-control-allow-origin", ""), ("age", ""), ("allow", ""), ("authorization", ""), ("cache-control", ""),
        ("content-disposition", ""), ("content-encoding", ""), ("content-language", ""), ("content-length", ""),
        ("content-location", ""), ("content-range", ""), ("content-type", ""), ("cookie", ""), ("date", ""),
        ("etag", ""), ("expect", ""), ("expires", ""), ("from", ""), ("host", ""), ("if-match", ""),
        ("if-modified-since", ""), ("if-none-match", ""), ("if-range", ""), ("if-unmodified-since", ""),
        ("last-modified", ""), ("link", ""), ("location", ""), ("max-forwards", ""), ("proxy-authenticate", ""),
        ("proxy-authorization", ""), ("range", ""), ("referer", ""), ("refresh", ""), ("retry-after", ""),
        ("server", ""), ("set-cookie", ""), ("strict-transport-security", ""), ("transfer-encoding", ""),
        ("user-agent", ""), ("vary", ""), ("via", ""), ("www-authenticate", ""),
    ]

    static let count = fields.count

    /// The index of the first `:status`; those of the statuses below follow it.
    static let statusIndex = 8
    static let statuses = [200, 204, 206, 304, 400, 404, 500]

    /// All names and values in one array.
    static let bytes: [UInt8] = fields.flatMap { field in
        field.0.withUTF8Buffer { Array($0) } + field.1.withUTF8Buffer { Array($0) }
    }

    /// Where name and value of an index are: element 0 is index 1.
    static let places: [FieldBlock.Field] = {
        var start = 0
        return fields.map { field in
            let name = Slice(start, start + field.0.utf8CodeUnitCount)
            let value = Slice(Int(name.end), Int(name.end) + field.1.utf8CodeUnitCount)
            start = Int(value.end)
            return FieldBlock.Field(name: name, value: value)
        }
    }()

    /// The index of a known header's name, by `KnownHeader.rawValue`; 0 where there is none.
    static let indexOfName: [UInt8] = KnownHeader.allCases.map { known in
        let name = known.name.withUTF8Buffer { Array($0) }
        let index = fields.firstIndex { $0.0.withUTF8Buffer { Array($0) } == name }
        return index.map { UInt8($0 + 1) } ?? 0
    }
}
