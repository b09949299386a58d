// What gRPC demands of a request, and how the gateway's own answers look to its clients (texts and numbers are those of
// later versions of Kong, of which 1.3 is the first that proxies gRPC).

import PluginKit
import Wire

enum GRPC {
    private static let type = Array("application/grpc".utf8)

    /// The answer to a request that a gRPC route can't take; nil if it can.
    static func refusal(of request: ExchangeRequest) -> Response? {
        let field = request.head.fields.first(.contentType)
        guard let field, request.copy(field.value).starts(with: type) else { return .notGRPC }
        return request.head.comesByHTTP2 ? nil : .useHTTP2
    }

    /// An answer of the gateway as the client of that request reads it: one of gRPC gets status and text in header
    /// fields and no body, as its protocol says of answers that consist of trailers only.
    static func answer(_ response: Response, to request: ExchangeRequest) -> Response {
        guard request.head.comesByHTTP2, isGRPC(request) else { return response }
        let others = response.fields.filter { $0.name.known != .contentType }
        return Response(status: response.status, fields: fields(for: response) + others)
    }

    private static func fields(for response: Response) -> [Response.Field] {
        let text = response.text ?? "\(StatusLine.reason(response.status))"
        return [
            .init("Content-Type", type), .init("grpc-status", String(status(response.status))),
            .init("grpc-message", encoded(text)),
        ]
    }

    /// gRPC-Web, which is another protocol, has a type that begins alike.
    private static func isGRPC(_ request: ExchangeRequest) -> Bool {
        guard let field = request.head.fields.first(.contentType) else { return false }
        let value = request.copy(field.value)
        guard value.starts(with: type) else { return false }
        let next = value.dropFirst(type.count).first
        return next == nil || next == UInt8(ascii: "+") || next == UInt8(ascii: ";")
    }

    /// gRPC's number for an HTTP status; 2 is UNKNOWN.
    private static func status(_ http: Int) -> Int {
        let numbers = [
            200: 0, 400: 3, 401: 16, 403: 7, 404: 5, 409: 6, 429: 8, 499: 1, 500: 13, 501: 12, 502: 14, 503: 14, 504: 4,
        ]
        return numbers[http] ?? 2
    }

    /// The text with percent signs for all bytes but those of printable ASCII.
    private static func encoded(_ text: String) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        let percent = UInt8(ascii: "%")
        return text.utf8.flatMap { byte in
            if (0x20...0x7E).contains(byte), byte != percent { return [byte] }
            return [percent, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
    }
}

extension Response {
    fileprivate static let notGRPC = Response.message(415, "Non-gRPC request matched gRPC route")
    fileprivate static let useHTTP2 = Response.message(
        426, "Please use HTTP2 protocol", fields: [.init("Connection", "Upgrade"), .init("Upgrade", "HTTP/2")])
}
