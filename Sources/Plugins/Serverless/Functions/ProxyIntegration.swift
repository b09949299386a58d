// The form that a Lambda function's answer has where the function makes the whole answer to the client:
// {"statusCode": 200, "headers": {"X-A": "b"}, "body": "..."}.

import PluginKit
import Schema
import Wire

enum ProxyIntegration {
    /// Why a function's answer can't be passed on.
    struct Fault: Error, Equatable {
        let text: String

        /// Bad Gateway, in Kong's words.
        var response: Response {
            let body: JSON = [
                "message": "Bad Gateway",
                "error": .string("could not JSON decode Lambda function response: \(text)"),
            ]
            return .json(502, body.bytes)
        }
    }

    /// Takes status, headers and body of `answer` from its body.
    static func apply(to answer: inout FunctionAnswer) throws(Fault) {
        let given = try parse(answer.body)
        guard let status = given["statusCode"]?.number else { throw Fault(text: "statusCode must be a number") }
        let headers = try headers(of: given)
        let body = given["body"] ?? ""
        guard let text = body.string else { throw Fault(text: "body must be a string") }
        answer.status = Int(exactly: status.rounded(.towardZero)) ?? 0
        answer.body = Array(text.utf8)
        for (name, values) in headers { answer.set(name, values) }
    }

    private static func parse(_ text: [UInt8]) throws(Fault) -> JSON {
        do throws(JSONSyntaxError) {
            return try JSON(parsing: text)
        } catch {
            // The most frequent fault, a function that says nothing, in Kong's words.
            let isEmpty = text.allSatisfy { $0 <= Ascii.space }
            throw Fault(
                text: isEmpty
                    ? "Expected value but found T_END at character \(text.count + 1)"
                    : "\(error.reason.rawValue) at character \(error.offset + 1)")
        }
    }

    private static func headers(of given: JSON) throws(Fault) -> [(HeaderName, [[UInt8]])] {
        switch given["headers"] {
        case nil, .array([]): return []
        case .object(let members):
            var headers: [(HeaderName, [[UInt8]])] = []
            for (name, value) in members {
                let values = try values(value, of: name)
                guard !name.isEmpty, name.utf8.allSatisfy(Ascii.isToken),
                    values.allSatisfy({ $0.allSatisfy(Ascii.isText) })
                else { throw Fault(text: "invalid header") }
                headers.append((HeaderName(name), values))
            }
            return headers
        default: throw Fault(text: "headers must be a table")
        }
    }

    /// A text, a number, a boolean or a list of texts; Lua sees an empty list in an object.
    private static func values(_ value: JSON, of name: String) throws(Fault) -> [[UInt8]] {
        switch value {
        case .string(let text): return [Array(text.utf8)]
        case .number(let number): return [Array(number.luaText.utf8)]
        case .bool(let flag): return [Array((flag ? "true" : "false").utf8)]
        case .object: return []
        case .array(let items):
            let texts = items.compactMap(\.string)
            guard texts.count == items.count else { throw Fault(text: "invalid header") }
            return texts.map { Array($0.utf8) }
        case .null: throw Fault(text: "invalid header")
        }
    }
}
