// An object that keeps its members in the order they came in. Order makes answers and exports stable and readable;
// equality ignores it, as JSON does.

/// The members of a JSON object, in order. A key occurs once; setting it again keeps its place.
package struct JSONObject: Sendable {
    private var members: [(key: String, value: JSON)] = []
    /// Places by key, kept only for large objects: a scan is faster for the small ones that rows are.
    private var places: [String: Int] = [:]

    private static let scanLimit = 16

    package init() {}

    package init(_ pairs: some Sequence<(String, JSON)>) {
        for (key, value) in pairs { self[key] = value }
    }

    package var count: Int { members.count }
    package var isEmpty: Bool { members.isEmpty }
    package var keys: [String] { members.map(\.key) }

    /// The value of a member; setting nil removes it.
    package subscript(key: String) -> JSON? {
        get { place(of: key).map { members[$0].value } }
        set {
            switch (place(of: key), newValue) {
            case (let place?, let value?): members[place].value = value
            case (nil, let value?): append(key, value)
            case (let place?, nil): remove(at: place)
            case (nil, nil): break
            }
        }
    }

    /// The members of `other` replace and follow the own ones.
    package mutating func merge(_ other: JSONObject) {
        for (key, value) in other { self[key] = value }
    }

    private func place(of key: String) -> Int? {
        members.count > Self.scanLimit ? places[key] : members.firstIndex { $0.key == key }
    }

    private mutating func append(_ key: String, _ value: JSON) {
        members.append((key, value))
        if members.count == Self.scanLimit + 1 {
            index()
        } else if members.count > Self.scanLimit {
            places[key] = members.count - 1
        }
    }

    private mutating func remove(at place: Int) {
        members.remove(at: place)
        index()
    }

    private mutating func index() {
        places.removeAll(keepingCapacity: true)
        guard members.count > Self.scanLimit else { return }
        for (place, member) in members.enumerated() { places[member.key] = place }
    }
}

extension JSONObject: Sequence {
    package func makeIterator() -> IndexingIterator<[(key: String, value: JSON)]> { members.makeIterator() }
}

extension JSONObject: Hashable {
    package static func == (one: JSONObject, other: JSONObject) -> Bool {
        one.count == other.count && one.allSatisfy { other[$0.key] == $0.value }
    }

    package func hash(into hasher: inout Hasher) {
        var sum = 0
        for (key, value) in members {
            var member = Hasher()
            member.combine(key)
            member.combine(value)
            sum ^= member.finalize()
        }
        hasher.combine(sum)
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, JSON)...) { self.init(elements) }
}
