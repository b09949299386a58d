// What gRPC demands of a request (the texts are those of Kong 1.3, the first version that proxies it).

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
}

extension Response {
    fileprivate static let notGRPC = Response.message(415, "Non-gRPC request matched gRPC route")
    fileprivate static let useHTTP2 = Response.message(
        426, "Please use HTTP2 protocol", fields: [.init("Connection", "Upgrade"), .init("Upgrade", "HTTP/2")])
}
