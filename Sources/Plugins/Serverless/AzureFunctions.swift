// azure-functions: answers requests by calling an Azure function, whose answer goes to the client.

import PluginKit
import Schema
import Wire

/// Calls a function in the upstream's place.
package struct AzureFunctions: AccessPhase {
    package static let declaration = PluginDeclaration(
        name: "azure-functions", version: "0.1.1", priority: 749, config: Config.schema, protocols: nil,
        runOn: ["first", "second", "all"])

    /// The setting of this name inside `config`, which the plugin has by mistake besides the general one.
    package enum RunOn: String, Choice {
        case first
    }

    package struct Config: Declared {
        package var runOn = RunOn.first
        package var timeout = 600_000.0
        package var keepalive = 60_000.0
        package var https = true
        package var httpsVerify = false
        package var apikey: String?
        package var clientid: String?
        package var appname = ""
        package var hostdomain = "azurewebsites.net"
        package var routeprefix = "api"
        package var functionname = ""

        package init() {}

        package static let fields: [Field<Self>] = [
            Field("run_on", \.runOn, .defaulted, doc: "Where it runs when two nodes form a mesh."),
            Field("timeout", \.timeout, doc: "Milliseconds to wait for the function."),
            Field("keepalive", \.keepalive, doc: "Milliseconds an idle connection is kept."),
            Field("https", \.https, doc: "Whether the function is called over TLS."),
            Field("https_verify", \.httpsVerify, doc: "Whether the certificate is checked."),
            Field("apikey", \.apikey, doc: "The key of the function."),
            Field("clientid", \.clientid, doc: "The id that goes with the key."),
            Field("appname", \.appname, .required, doc: "The application."),
            Field("hostdomain", \.hostdomain, .defaulted, doc: "The domain of the application."),
            Field("routeprefix", \.routeprefix, doc: "The first part of the function's path."),
            Field("functionname", \.functionname, .required, doc: "The function."),
        ]
    }

    /// Kong's text, letter for letter.
    private static let unreachable = Response.message(500, "An unexpected error ocurred")

    private let host: String
    private let usesTLS: Bool
    private let verifies: Bool
    /// Prefix and name of the function, with the slash before it.
    private let path: [UInt8]
    private let keys: [(name: String, value: [UInt8])]
    private let timeout: Int64
    private let keepAlive: Int64
    private let via: [UInt8]?

    package var readsBody: Bool { true }

    package init(_ config: Config, _ setup: Setup) {
        host = "\(config.appname).\(config.hostdomain)"
        usesTLS = config.https
        verifies = config.httpsVerify
        let prefix = Self.withoutSlashes(config.routeprefix)
        let name = Self.withoutSlashes(config.functionname)
        path = (prefix.isEmpty ? [] : [Ascii.slash] + prefix) + [Ascii.slash] + name
        keys = [("x-functions-key", config.apikey), ("x-functions-clientid", config.clientid)].compactMap {
            name, value in
            value.map { (name, Array($0.utf8)) }
        }
        timeout = Int64(milliseconds: config.timeout)
        keepAlive = Int64(milliseconds: config.keepalive)
        via = setup.node.via
    }

    package func access(_ x: Exchange) -> Verdict {
        guard let outbound = x.outbound else { return .respond(.unexpectedError) }
        let suspension = Suspension(x)
        outbound.call(request(for: x)) { [self] result in
            suspension.resume { x in .respond(answer(result, x)) }
        }
        return .suspend
    }

    private func request(for x: Exchange) -> OutboundRequest {
        var request = OutboundRequest(to: OutboundPeer(host: host, port: usesTLS ? 443 : 80))
        request.usesTLS = usesTLS
        request.verifiesCertificate = verifies
        request.method = String(decoding: x.request.methodName, as: UTF8.self)
        request.target = target(for: x)
        if let type = x.request.header("content-type") { request.headers.append(("Content-Type", type)) }
        request.headers += keys
        if let body = FunctionBody.raw(x.request) {
            request.body = body
        } else {
            x.outbound?.logError(FunctionBody.tooLarge(for: Self.declaration.name))
        }
        request.headers.append(("Content-Length", Array("\(request.body.count)".utf8)))
        request.timeoutMilliseconds = timeout
        request.keepAliveMilliseconds = keepAlive
        return request
    }

    /// The function's path with the upstream's behind it, with one slash between the two.
    private func target(for x: Exchange) -> [UInt8] {
        let upstream = x.upstreamPath
        let tail = upstream.first == Ascii.slash ? upstream.dropFirst() : upstream[...]
        var target = path
        if !upstream.isEmpty {
            if target.last != Ascii.slash { target.append(Ascii.slash) }
            target += tail
        }
        if let query = x.request.query, !query.isEmpty { target += [Ascii.question] + query }
        return target
    }

    private func answer(_ result: Result<OutboundAnswer, OutboundFailure>, _ x: Exchange) -> Response {
        switch result {
        case .success(let given): return FunctionAnswer(given).response(via: via)
        case .failure(let failure):
            x.outbound?.logError("[azure-functions] \(failure.text)")
            switch failure {
            case .unresolved, .unreachable: return Self.unreachable
            case .timedOut, .closed, .malformed: return .unexpectedError
            }
        }
    }

    private static func withoutSlashes(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        guard let last = bytes.lastIndex(where: { $0 != Ascii.slash }) else { return [] }
        return Array(bytes[...last].drop { $0 == Ascii.slash })
    }
}
