// Kong's "set": a list without duplicates that keeps its order, which Swift's Set would not.

/// The elements of a set field, in order.
package struct DistinctList<Element: FieldValue & Hashable>: FieldValue, Hashable {
    package private(set) var elements: [Element] = []

    package init(_ elements: some Sequence<Element>) {
        var seen: Set<Element> = []
        self.elements = elements.filter { seen.insert($0).inserted }
    }

    package static var kind: Kind {
        .set(FieldSpec(name: "", kind: Element.kind, traits: Element.impliedTraits))
    }

    package init?(json: JSON) {
        guard let items = json.array else { return nil }
        self.init(items.compactMap(Element.init(json:)))
    }

    package var json: JSON { elements.json }
}

extension DistinctList: RandomAccessCollection, ExpressibleByArrayLiteral {
    package var startIndex: Int { elements.startIndex }
    package var endIndex: Int { elements.endIndex }
    package subscript(position: Int) -> Element { elements[position] }
    package init(arrayLiteral elements: Element...) { self.init(elements) }
}
