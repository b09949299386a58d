// How a body is encoded, as its content type says.
// Other types never get as far as being read.

/// The encodings of a body that the Admin API understands.
enum BodyEncoding: Sendable {
    case none, json, form, multipart
}
