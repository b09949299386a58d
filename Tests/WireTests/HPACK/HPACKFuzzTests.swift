// Header blocks against a second implementation, NIO's: what one packs the other unpacks, and whatever both unpack of
// bytes that somebody broke has to be the same.

import NIOCore
import NIOHPACK
import Testing
import Wire

@Suite struct HPACKFuzzTests {
    @Test(arguments: FuzzPlan.seeds)
    func `what is packed here is unpacked there`(_ seed: UInt64) throws {
        var random = Random(seed)
        var packer = Wire.HPACKEncoder()
        var theirs = NIOHPACK.HPACKDecoder(allocator: ByteBufferAllocator())
        for round in 0..<FuzzPlan.rounds {
            if round % 100 == 99 {
                packer.allow(tableBytes: [0, 100, 2000, 4096].randomElement(using: &random) ?? 0)
            }
            let fields = random.fields()
            var block = ByteBuffer()
            packer.begin(&block)
            for (name, value) in fields {
                let (name, value) = (Array(name.utf8), Array(value.utf8))
                let isSecret = random.next() % 8 == 0
                packer.encode(.lookup(name.span), name.span, value.span, isSecret: isSecret, to: &block)
            }
            let unpacked = try theirs.decodeHeaders(from: &block)
            #expect(unpacked.map { "\($0.name): \($0.value)" } == fields.map { "\($0.0): \($0.1)" })
        }
    }

    @Test(arguments: FuzzPlan.seeds)
    func `what is packed there is unpacked here`(_ seed: UInt64) throws {
        var random = Random(seed)
        var theirs = NIOHPACK.HPACKEncoder(allocator: ByteBufferAllocator())
        var unpacker = Unpacker()
        for _ in 0..<FuzzPlan.rounds {
            // NIO takes ^ and ~ for the same letter in capital and small.
            let fields = random.fields().filter { $0.0 != "x-~" }
            var headers = HPACKHeaders()
            for (name, value) in fields {
                let kinds: [HPACKIndexing] = [.indexable, .nonIndexable, .neverIndexed]
                headers.add(
                    name: name, value: value, indexing: kinds.randomElement(using: &random) ?? .indexable)
            }
            var block = ByteBuffer()
            try theirs.encode(headers: headers, to: &block)
            #expect(unpacker.take(Array(block.readableBytesView)) == fields.map { "\($0.0): \($0.1)" })
        }
    }

    @Test(arguments: FuzzPlan.seeds)
    func `a broken block that both unpack is the same block`(_ seed: UInt64) throws {
        var random = Random(seed)
        for _ in 0..<FuzzPlan.rounds {
            var bytes = try random.block()
            for _ in 0...random.next() % 3 { random.damage(&bytes) }
            var theirs = NIOHPACK.HPACKDecoder(allocator: ByteBufferAllocator())
            var unpacker = Unpacker()
            var block = ByteBuffer(bytes: bytes)
            guard let ours = unpacker.take(bytes), let other = try? theirs.decodeHeaders(from: &block)
            else { continue }
            // Its strings have lost what is not UTF-8.
            let isPlain = other.allSatisfy { ($0.name + $0.value).utf8.allSatisfy { $0 < 0x80 } }
            guard isPlain else { continue }
            #expect(ours == other.map { "\($0.name): \($0.value)" }, "\(bytes)")
        }
    }
}

/// Fields and blocks by chance, the same ones for the same seed.
private struct Random: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) {
        state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }

    private static let names = [
        "server", "content-type", "x-own", "x-^", "x-~", "via", "a", "date", "content-length",
        "x-kong-proxy-latency",
        "a-name-of-more-than-twenty-four-bytes", "accept-encoding",
    ]

    mutating func fields() -> [(String, String)] {
        (0..<Int(next() % 12)).map { _ in
            (
                Self.names.randomElement(using: &self) ?? "",
                next() % 2 == 0 ? "value \(next() % 10)" : text()
            )
        }
    }

    private mutating func text() -> String {
        let count = next() % 16 == 0 ? Int(next() % 3000) : Int(next() % 40)
        return String(
            String.UnicodeScalarView((0..<count).map { _ in Unicode.Scalar(UInt8(next() % 95 + 32)) }))
    }

    mutating func block() throws -> [UInt8] {
        var encoder = NIOHPACK.HPACKEncoder(allocator: ByteBufferAllocator())
        var block = ByteBuffer()
        try encoder.encode(headers: HPACKHeaders(fields()), to: &block)
        return Array(block.readableBytesView)
    }

    mutating func damage(_ bytes: inout [UInt8]) {
        guard let place = bytes.indices.randomElement(using: &self) else { return }
        switch next() % 3 {
        case 0: bytes[place] = UInt8(truncatingIfNeeded: next())
        case 1: bytes.remove(at: place)
        default: bytes.insert(UInt8(truncatingIfNeeded: next()), at: place)
        }
    }
}
