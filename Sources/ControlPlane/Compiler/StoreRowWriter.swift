// Carries the changes that plugins make to the store, and waits until they are in force.

import PluginKit
import Schema
import Store

/// Changes rows of a node's store.
package struct StoreRowWriter: RowWriter {
    private let store: any Store
    private let context: ValidationContext
    private let published: @Sendable (Committed) async -> Void

    /// - Parameter published: returns when a change is in force on this node.
    package init(
        _ store: any Store, _ context: ValidationContext, published: @escaping @Sendable (Committed) async -> Void
    ) {
        self.store = store
        self.context = context
        self.published = published
    }

    package func write(_ changes: [RowChange], _ done: @escaping @Sendable (RowOutcome) -> Void) {
        Task(priority: .medium) { done(await carryOut(changes)) }
    }

    private func carryOut(_ changes: [RowChange]) async -> RowOutcome {
        do {
            await published(try await store.apply(try changes.flatMap(writes)))
            return .done
        } catch StoreError.notFound {
            return .gone
        } catch {
            return .failed
        }
    }

    private func writes(_ change: RowChange) throws -> [Write] {
        switch change {
        case .insert(let entity, let members, let seconds):
            guard let schema = context.catalog.entity(entity) else { throw StoreError.unknown("no entity '\(entity)'") }
            var row = try schema.validateInsert(members, in: context)
            if let seconds { row["ttl"] = .number(context.now().rounded(.down) + Double(seconds)) }
            return [.insert(entity, row)]
        case .take(let entity, let id):
            // A delete does not mind that the row is gone; an update does.
            return [.update(entity, .id(id), changes: [:]), .delete(entity, .id(id))]
        }
    }
}
