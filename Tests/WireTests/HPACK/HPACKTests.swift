// Header blocks packed and unpacked: the examples of RFC 7541, appendix C, and what a block must not be.

import NIOCore
import Testing
import Wire

@Suite struct HPACKTests {
    private static let first = [
        ":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com",
    ]
    private static let third = [
        ":method: GET", ":scheme: https", ":path: /index.html", ":authority: www.example.com",
        "custom-key: custom-value",
    ]

    @Test(arguments: [
        [
            "828684410f7777772e6578616d706c652e636f6d", "828684be58086e6f2d6361636865",
            "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565",
        ],
        [
            "828684418cf1e3c2e5f23a6ba0ab90f4ff", "828684be5886a8eb10649cbf",
            "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf",
        ],
    ])
    func `requests are unpacked, plain and in Huffman code`(blocks: [String]) {
        var unpacker = Unpacker()
        #expect(unpacker.take(blocks[0]) == Self.first)
        #expect(unpacker.tableSize == 57)
        #expect(unpacker.take(blocks[1]) == Self.first + ["cache-control: no-cache"])
        #expect(unpacker.tableSize == 110)
        #expect(unpacker.take(blocks[2]) == Self.third)
        #expect(unpacker.tableSize == 164)
    }

    @Test func `answers are unpacked while a small table loses its oldest entries`() {
        var unpacker = Unpacker(tableBytes: 256)
        let start = [
            "cache-control: private", "date: Mon, 21 Oct 2013 20:13:21 GMT",
            "location: https://www.example.com",
        ]
        let first =
            "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97"
        #expect(unpacker.take(first + "c8e9ae82ae43d3") == [":status: 302"] + start)
        #expect(unpacker.tableSize == 222)
        #expect(unpacker.take("4883640effc1c0bf") == [":status: 307"] + start)
        #expect(unpacker.tableSize == 222)
        let third =
            "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b"
        #expect(
            unpacker.take(third + "3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007") == [
                ":status: 200", start[0], "date: Mon, 21 Oct 2013 20:13:22 GMT", start[2],
                "content-encoding: gzip",
                "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1",
            ])
        #expect(unpacker.tableSize == 215)
    }

    @Test(arguments: [
        // An index of 0, behind the tables, of a name behind them; an integer that is cut off or too large.
        "80", "be", "7f0001", "ff", "ffffffffff7f",
        // Strings: longer than the block, padded with zeros or with a byte of ones, the end of the string within one.
        "0001787f", "00017883495090", "00017886f2b24a84ffff", "00017888f2b24a84ffffffff",
        // A table's size within a block, and above what was allowed.
        "8220", "3fe2ff03",
    ])
    func `a malformed block is refused`(block: String) {
        var unpacker = Unpacker()
        #expect(unpacker.outcome(block) == .malformed)
    }

    @Test func `a block that unpacks to more than the limit is refused, however small it is`() {
        var unpacker = Unpacker(limit: 2000)
        #expect(unpacker.outcome("4001610162") == .complete)
        #expect(unpacker.outcome(String(repeating: "be", count: 58)) == .complete)
        #expect(unpacker.outcome(String(repeating: "be", count: 59)) == .tooLarge)
    }

    @Test func `what comes again is one byte from the third time on`() {
        var packer = HPACKEncoder()
        var unpacker = Unpacker()
        var counts: [Int] = []
        for _ in 0..<4 {
            var block = ByteBuffer()
            packer.begin(&block)
            packer.encode(status: 200, to: &block)
            pack(&packer, "Server", "some server", into: &block)
            pack(&packer, "X-Own", "value", into: &block)
            counts.append(block.readableBytes)
            let fields = unpacker.take(Array(block.readableBytesView))
            #expect(fields == [":status: 200", "server: some server", "x-own: value"])
        }
        #expect(counts[2...] == [3, 3])
    }

    @Test func `a secret stays out of the table`() {
        var packer = HPACKEncoder()
        for _ in 0..<4 {
            var block = ByteBuffer()
            packer.begin(&block)
            pack(&packer, "set-cookie", "a=b", isSecret: true, into: &block)
            #expect(block.readableBytesView.first == 0x1F)
        }
    }

    @Test func `a table that the peer shrinks and grows again is told so`() {
        var packer = HPACKEncoder()
        packer.allow(tableBytes: 0)
        packer.allow(tableBytes: 100)
        var block = ByteBuffer()
        packer.begin(&block)
        #expect(Array(block.readableBytesView) == [0x20, 0x3F, 0x45])
        block.clear()
        packer.begin(&block)
        #expect(block.readableBytes == 0)
    }

    private func pack(
        _ packer: inout HPACKEncoder, _ name: String, _ value: String, isSecret: Bool = false,
        into block: inout ByteBuffer
    ) {
        let (name, value) = (Array(name.utf8), Array(value.utf8))
        packer.encode(.lookup(name.span), name.span, value.span, isSecret: isSecret, to: &block)
    }
}
