// How a master passes carryovers from worker to worker, and the memory in which they are.

import Gateway
import Glibc
import Testing

@Suite("Carryovers")
struct CarryoverTests {
    private static func place(_ number: Int32) -> CarryoverPlace {
        CarryoverPlace(memory: number, asks: number + 1)
    }

    /// Starts the worker of that number.
    private static func start(_ number: Int32, _ book: inout CarryoverBook) -> CarryoverLaunch {
        let launch = book.launch(own: place(number * 10), questions: number * 10 + 2)
        book.started(number, launch)
        return launch
    }

    @Test func `a worker is shown those before it, and ended ones are dropped once it serves`() {
        var book = CarryoverBook()
        #expect(Self.start(1, &book).descriptors == [10, 11, 12])
        #expect(book.served(1) == [])
        let second = Self.start(2, &book)
        #expect(second.living == [Self.place(10)] && second.ended == [])
        #expect(book.served(2) == [])
        #expect(book.ended(1) == [])
        let third = Self.start(3, &book)
        #expect(third.ended == [10])
        #expect(third.living == [Self.place(20)])
        #expect(book.served(3) == [10, 11])
        #expect(book.ended(2) == [])
        #expect(Self.start(4, &book).ended == [20])
    }

    @Test func `a worker that never serves leaves nothing and takes nothing away`() {
        var book = CarryoverBook()
        _ = Self.start(1, &book)
        _ = book.served(1)
        _ = book.ended(1)
        #expect(Self.start(2, &book).ended == [10])
        #expect(book.ended(2) == [20, 21])
        #expect(Self.start(3, &book).ended == [10])
        #expect(book.served(3) == [10, 11])
        #expect(book.ended(99) == [] && book.served(99) == [])
    }

    @Test func `what a worker is told survives the environment`() throws {
        let launch = CarryoverLaunch(
            own: Self.place(3), questions: 5, ended: [6, 7], living: [Self.place(8), Self.place(10)])
        #expect(CarryoverLaunch(encoded: launch.encoded) == launch)
        let alone = CarryoverLaunch(own: Self.place(3), questions: 5, ended: [], living: [])
        #expect(CarryoverLaunch(encoded: alone.encoded) == alone)
        for text in [nil, "", "1 2|", "1 2||", "1 2 3||4"] { #expect(CarryoverLaunch(encoded: text) == nil) }
    }

    @Test func `memory gives back the last text, whatever its length`() throws {
        let descriptor = try CarryoverMemory.make()
        defer { close(descriptor) }
        let memory = CarryoverMemory(descriptor)
        #expect(memory.read() == nil && memory.serial == 0)
        for (place, length) in [10, 10_000, 3, 0, 500_000, 20_000, 500_000].enumerated() {
            let text = (0..<length).map { UInt8(truncatingIfNeeded: $0 ^ place) }
            #expect(memory.write(text))
            let read = try #require(memory.read())
            #expect(read.text == text)
            #expect(read.serial == UInt64(place + 1))
        }
        #expect(lseek(descriptor, 0, SEEK_END) < 2_000_000, "old texts give their place to new ones")
    }

    @Test func `who reads while another writes gets a whole text`() async throws {
        let descriptor = try CarryoverMemory.make()
        defer { close(descriptor) }
        let memory = CarryoverMemory(descriptor)
        memory.write([0])
        let writer = Task.detached {
            for round in 1...3000 {
                memory.write([UInt8](repeating: UInt8(truncatingIfNeeded: round), count: 1 + round % 5 * 3000))
            }
        }
        var torn = 0
        while memory.serial < 3001 {
            guard let text = memory.read()?.text else { continue }
            if Set(text).count != 1 { torn += 1 }
        }
        await writer.value
        #expect(torn == 0)
    }
}
