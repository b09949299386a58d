// One part of a multipart body: the name of the field and its bytes.
// File names are of no interest: a file counts with its content.

struct MultipartPart: Sendable, Equatable {
    var name: String
    var isJSON: Bool
    var content: [UInt8]
}
