// Finds a stream by its number: an open hash table of the streams that are open. Dictionary hashes a key as if it came
// from an enemy; a client that makes its own streams collide only slows its own connection, and by no more than the
// number of streams that it may open.

struct StreamTable {
    /// Numbers of streams, 0 where there is none, and beside them their slots.
    private var streams: [UInt32]
    private var slots: [Int32]
    private var count = 0

    init() {
        streams = Array(repeating: 0, count: 16)
        slots = Array(repeating: 0, count: 16)
    }

    func find(_ stream: UInt32) -> Int? {
        var place = home(stream)
        while streams[place] != 0 {
            if streams[place] == stream { return Int(slots[place]) }
            place = (place + 1) & (streams.count - 1)
        }
        return nil
    }

    mutating func insert(_ stream: UInt32, slot: Int) {
        count += 1
        if 2 * count > streams.count { grow() }
        put(stream, Int32(slot))
    }

    /// Removes a stream and moves those up that were put behind it for its sake.
    mutating func remove(_ stream: UInt32) {
        var hole = home(stream)
        while streams[hole] != stream {
            guard streams[hole] != 0 else { return }
            hole = (hole + 1) & (streams.count - 1)
        }
        count -= 1
        var place = hole
        while true {
            place = (place + 1) & (streams.count - 1)
            guard streams[place] != 0 else { break }
            let distance = (place - home(streams[place])) & (streams.count - 1)
            guard distance >= (place - hole) & (streams.count - 1) else { continue }
            streams[hole] = streams[place]
            slots[hole] = slots[place]
            hole = place
        }
        streams[hole] = 0
    }

    /// A client's streams have odd numbers.
    @inline(__always)
    private func home(_ stream: UInt32) -> Int { Int(stream >> 1) & (streams.count - 1) }

    private mutating func put(_ stream: UInt32, _ slot: Int32) {
        var place = home(stream)
        while streams[place] != 0 { place = (place + 1) & (streams.count - 1) }
        streams[place] = stream
        slots[place] = slot
    }

    private mutating func grow() {
        let (oldStreams, oldSlots) = (streams, slots)
        streams = Array(repeating: 0, count: 2 * oldStreams.count)
        slots = Array(repeating: 0, count: 2 * oldSlots.count)
        for place in oldStreams.indices where oldStreams[place] != 0 { put(oldStreams[place], oldSlots[place]) }
    }
}
