// The list of the entities every node has, whatever plugins are enabled.

import Schema

package enum CoreEntities {
    /// Erased declarations; `Catalog` puts them in dependency order.
    package static var all: [EntitySchema] {
        [
            Consumer.entitySchema, Service.entitySchema, Route.entitySchema, Plugin.entitySchema,
            Certificate.entitySchema, SNI.entitySchema, Upstream.entitySchema, Target.entitySchema, Tag.entitySchema,
        ]
    }
}
