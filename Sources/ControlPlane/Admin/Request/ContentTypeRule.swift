// Which bodies the Admin API takes: Kong looks at the content type of every write before anything else,
// even on a path that does not exist, and compares it as a case-sensitive prefix.

enum ContentTypeRule {
    /// The encoding of a request's body; nil where Kong answers 415. Only POST, PUT and PATCH have one.
    static func encoding(of request: AdminRequest) -> BodyEncoding? {
        guard ["POST", "PUT", "PATCH"].contains(request.method) else { return BodyEncoding.none }
        guard let type = request.header("Content-Type") else {
            return request.body.isEmpty ? BodyEncoding.none : nil
        }
        if type.hasPrefix("application/json") { return .json }
        if type.hasPrefix("multipart/form-data") { return .multipart }
        return type.hasPrefix("application/x-www-form-urlencoded") ? .form : nil
    }
}
