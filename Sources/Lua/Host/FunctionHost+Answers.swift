// The answer: headers for whoever makes it, and answers of the functions themselves.

import PluginKit
import Wire

extension FunctionHost {
    static let answering: [(name: String, body: Native)] = [
        (
            "response_header",
            { _, x, arguments, reply in
                for place in 0..<2 {
                    let values = x.response.edits.values(of: HeaderName(bytes: arguments.bytes(place) ?? []))
                    if values.count == 1 { return reply.add(Array(values[0])) }
                    if values.count > 1 { return reply.add(list: values.map { Array($0) }) }
                }
                reply.addNil()
            }
        ),
        (
            "response_headers",
            { _, x, _, reply in
                var list: [[UInt8]] = []
                x.response.edits.forEachAddition { name, value in list += [Array(name), Array(value)] }
                reply.add(list: list)
            }
        ),
        ("set_response_header", { _, x, arguments, _ in setResponseHeader(x, arguments) }),
        (
            "answer",
            { host, x, arguments, _ in
                host.answer(arguments.integer(0) ?? 0, arguments.bytes(1) ?? [], x)
            }
        ),
        ("page", { host, x, arguments, _ in host.page(arguments.integer(0) ?? 0, isEmptied: arguments.isTrue(1), x) }),
    ]

    private static let contentType: HeaderName = "Content-Type"
    /// The gateway frames and dates its answers itself.
    private static let own: Set<HeaderName> = ["Content-Length", "Transfer-Encoding", "Connection", "Date"]

    /// In the access phase nginx sends such a header beside those of the upstream's answer.
    private static func setResponseHeader(_ x: Exchange, _ arguments: LuaArguments) {
        let name = HeaderName(bytes: (arguments.bytes(0) ?? []).encodedForName)
        guard !own.contains(name), !name.bytes.isEmpty else { return }
        x.response.edits.forget(name)
        for place in 1..<max(1, arguments.count) {
            x.response.edits.add(name, (arguments.bytes(place) ?? []).encodedForHeader)
        }
    }

    private func answer(_ status: Int, _ body: [UInt8], _ x: Exchange) {
        guard (200...999).contains(status) else {
            outcome = .failed("an answer can't have the status \(status)")
            return
        }
        var fields: [Response.Field] = []
        if let type = x.response.edits.values(of: Self.contentType).last {
            // As one of the answer's own it gets nginx' charset.
            fields = [Response.Field(Self.contentType, Array(type))]
            x.response.edits.forget(Self.contentType)
        }
        outcome = .answer(Response(status: status, fields: fields, body: body))
    }

    /// The answer to a status alone.
    ///
    /// - Parameter isEmptied: whether a length of 0 was announced, so that nothing comes of Kong's own error pages.
    private func page(_ status: Int, isEmptied: Bool, _ x: Exchange) {
        guard status != 444 else { return outcome = .cutOff }
        guard !(100..<200).contains(status) else {
            return outcome = .failed("an answer can't have the status \(status)")
        }
        guard (300...999).contains(status) || status < 100 else { return answer(status, [], x) }
        // ngx.OK and the like end Kong's access phase, without which nothing can be proxied.
        guard let page = surroundings?.page(status < 100 ? 500 : status) else { return }
        x.response.edits.forget(Self.contentType)
        let isKongs = page.isErrorPage
        if (301...302).contains(status), !page.body.isEmpty {
            // nginx gives these pages no charset.
            x.response.edits.add(Self.contentType, Array("text/html".utf8))
            outcome = .answer(Response(status: status, body: page.body))
        } else if isEmptied, isKongs {
            outcome = .answer(Response(status: status, fields: page.fields))
        } else {
            outcome = .answer(page)
        }
    }
}
