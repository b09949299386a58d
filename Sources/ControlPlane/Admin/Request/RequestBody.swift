// The body of a write, decoded. Values of a form are text whose types the schema infers; values of JSON
// are what they are.

import Schema

enum RequestBody: Sendable {
    case none
    case json(JSONObject)
    case form(JSONObject)

    /// The members of the body as sent, before any inference.
    var members: JSONObject {
        switch self {
        case .none: JSONObject()
        case .json(let members), .form(let members): members
        }
    }

    /// Decodes a body. A JSON list counts as an empty object, as in Kong; a bare value, which makes Kong fail
    /// with 500, is no JSON body here.
    static func decode(_ request: AdminRequest, as encoding: BodyEncoding) throws(AdminRefusal) -> RequestBody {
        switch encoding {
        case .none: return .none
        case .json: return .json(try decodeJSON(request.body))
        case .form:
            let arguments = FormArguments(encoded: String(decoding: request.body, as: UTF8.self))
            return .form(FormTree(arguments).object)
        case .multipart: return .form(try decodeMultipart(request))
        }
    }

    private static func decodeJSON(_ bytes: [UInt8]) throws(AdminRefusal) -> JSONObject {
        switch try? JSON(parsing: bytes) {
        case .object(let members): return members
        case .array: return JSONObject()
        default: throw .brokenJSON
        }
    }

    private static func decodeMultipart(_ request: AdminRequest) throws(AdminRefusal) -> JSONObject {
        let type = request.header("Content-Type") ?? ""
        var tree = FormTree()
        for part in MultipartBody.parts(of: request.body, contentType: type) ?? [] {
            tree.insert(try value(of: part), at: FormName.steps(of: part.name)[...])
        }
        return tree.object
    }

    private static func value(of part: MultipartPart) throws(AdminRefusal) -> JSON {
        guard part.isJSON else { return .string(String(decoding: part.content, as: UTF8.self)) }
        guard let value = try? JSON(parsing: part.content) else { throw .brokenJSON }
        return value
    }
}
