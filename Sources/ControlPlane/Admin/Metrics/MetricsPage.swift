// Prometheus' text format as bytes. A page of 5,000 services has some hundred thousand lines: they are appended to one
// array, without a string for each.

/// A page of /metrics while it is written.
struct MetricsPage {
    private(set) var bytes: [UInt8] = []
    private var family: [UInt8] = []

    /// Begins a family; its two comments are written with its first sample, so that an empty one leaves nothing.
    mutating func begin(_ name: String, _ type: String, _ help: String) {
        family = Array("# HELP \(name) \(help)\n# TYPE \(name) \(type)\n".utf8)
    }

    /// - Parameter labels: the labels as they stand between the braces, each part as bytes; none writes no braces.
    mutating func add(_ name: String, _ labels: [UInt8]..., value: some BinaryInteger) {
        open(name, labels)
        append(String(value))
    }

    mutating func add(_ name: String, _ labels: [UInt8]..., value: Double) {
        open(name, labels)
        append(value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value))
    }

    private mutating func open(_ name: String, _ labels: [[UInt8]]) {
        bytes += family
        family.removeAll(keepingCapacity: true)
        bytes += name.utf8
        if !labels.isEmpty {
            bytes.append(UInt8(ascii: "{"))
            for part in labels { bytes += part }
            bytes.append(UInt8(ascii: "}"))
        }
        bytes.append(UInt8(ascii: " "))
    }

    private mutating func append(_ value: String) {
        bytes += value.utf8
        bytes.append(UInt8(ascii: "\n"))
    }

    /// `name="value"`, with what the format escapes escaped.
    static func label(_ name: String, _ value: some Sequence<UInt8>) -> [UInt8] {
        var label = Array("\(name)=\"".utf8)
        for byte in value {
            switch byte {
            case UInt8(ascii: "\\"), UInt8(ascii: "\""): label += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "\n"): label += Array("\\n".utf8)
            default: label.append(byte)
            }
        }
        label.append(UInt8(ascii: "\""))
        return label
    }
}
