// What is wrong with one value of a declarative document: a text, or what is wrong inside of it. Together they are a
// tree in the shape of the document.

import Schema

/// What is wrong with one value of a document.
indirect enum DeclarativeFault: Sendable, Equatable {
    case text(String)
    /// Entries of a list by number, counted from 1.
    case entries([Entry])
    case members(DeclarativeFaults)

    struct Entry: Sendable, Equatable {
        let number: Int
        let fault: DeclarativeFault
    }

    init?(_ violation: Violation) {
        switch violation {
        case .text(let text): self = .text(text)
        case .members(let violations): self = .members(DeclarativeFaults(violations))
        case .list(let items):
            self = .entries(
                items.enumerated().compactMap { place, item in
                    item.flatMap(DeclarativeFault.init).map { Entry(number: place + 1, fault: $0) }
                })
        }
    }
}
