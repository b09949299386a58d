// Tags as an entity of their own, to read only: which rows carry which tag. The stores keep them up to date.

import Schema

package struct Tag: Entity {
    package var tag = ""
    package var entityName = ""
    package var entityID = ""

    package init() {}

    package static let name = "tags"
    package static let endpointKey: String? = "tag"
    package static let access = EntityAccess.readOnly

    package static let fields: [Field<Tag>] = [
        Field("tag", \.tag, .required, .tag, doc: "The label."),
        Field("entity_name", \.entityName, .required, doc: "The entity of the row."),
        Field("entity_id", \.entityID, .required, .unique, doc: "The id of the row."),
    ]
}
