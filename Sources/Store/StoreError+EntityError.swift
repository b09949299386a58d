// The one place where errors of a store become Kong's numbered error objects.

import Schema

extension EntityError {
    /// The error as the Admin API answers it. What is not the client's fault is a database error, whose text is for
    /// the log only.
    package init(_ error: StoreError) {
        self =
            switch error {
            case .primaryKeyViolation(_, let id): .primaryKeyViolation(id: id)
            case .uniqueViolation(_, let fields): .uniqueViolation(fields)
            case .foreignKeyMissing(_, let field, let parent, let id):
                .missingReference(field: field, id: id, entity: parent)
            case .restricted(let entity, let referrer): .stillReferenced(entity: entity, by: referrer)
            case .notFound(_, .id(let id)): .notFound(id: id)
            case .notFound(_, .field(let field, let value)): .notFound(field, .string(value))
            case .invalidOffset(let offset, let reason): .invalidOffset(offset, reason)
            case .unsupported(let write): .withoutDatabase(write.operation.rawValue, write.entity, by: write.field)
            case .unavailable, .broken, .unstorable, .unknown: .databaseError(error.description)
            }
    }
}

extension StoreError: CustomStringConvertible {
    /// For logs and the command line.
    package var description: String {
        switch self {
        case .primaryKeyViolation(let entity, let id): "the id \(id) is taken in \(entity)"
        case .uniqueViolation(let entity, let fields):
            "another row of \(entity) has \(LuaTable.line(.object(fields)))"
        case .foreignKeyMissing(let entity, let field, let parent, let id):
            "\(field) of \(entity) refers to \(id), which is not in \(parent)"
        case .restricted(let entity, let referrer): "rows of \(referrer) refer to the row of \(entity)"
        case .notFound(let entity, let key): "no row of \(entity) has the \(key.description)"
        case .invalidOffset(let offset, let reason): "'\(offset)' is not a valid offset: \(reason)"
        case .unsupported(let write): "cannot \(write.operation.rawValue) \(write.entity) without a database"
        case .unavailable(let reason): reason
        case .broken(let path, let reason): "the database \(path) cannot be used: \(reason)"
        case .unstorable(let entity, let field): "\(field) of \(entity) has a NUL character, which cannot be stored"
        case .unknown(let reason): reason
        }
    }
}
