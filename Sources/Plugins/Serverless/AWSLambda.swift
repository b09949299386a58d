// aws-lambda: answers requests by calling an AWS Lambda function, whose answer goes to the client.

import PluginKit
import Schema
import Wire

/// Calls a function in the upstream's place.
package struct AWSLambda: AccessPhase {
    package static let declaration = PluginDeclaration(
        name: "aws-lambda", version: "1.0.0", priority: 750, config: Config.schema)

    package enum InvocationType: String, Choice {
        case requestResponse = "RequestResponse"
        case event = "Event"
        case dryRun = "DryRun"
    }

    package enum LogType: String, Choice {
        case tail = "Tail"
        case none = "None"
    }

    private static let regions: [JSON] = [
        "ap-northeast-1", "ap-northeast-2", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ca-central-1",
        "cn-north-1", "cn-northwest-1", "eu-central-1", "eu-west-1", "eu-west-2", "sa-east-1", "us-east-1", "us-east-2",
        "us-gov-west-1", "us-west-1", "us-west-2",
    ]

    package struct Config: Declared {
        package var timeout = 60_000.0
        package var keepalive = 60_000.0
        package var awsKey = ""
        package var awsSecret = ""
        package var awsRegion = ""
        package var functionName = ""
        package var qualifier: String?
        package var invocationType = InvocationType.requestResponse
        package var logType = LogType.tail
        package var port = 443
        package var unhandledStatus: Int?
        package var forwardRequestMethod = false
        package var forwardRequestURI = false
        package var forwardRequestHeaders = false
        package var forwardRequestBody = false
        package var isProxyIntegration = false

        package init() {}

        package static let fields: [Field<Self>] = [
            Field("timeout", \.timeout, .defaulted, doc: "Milliseconds to wait for the function."),
            Field("keepalive", \.keepalive, .defaulted, doc: "Milliseconds an idle connection is kept."),
            Field("aws_key", \.awsKey, .required, doc: "The access key's id."),
            Field("aws_secret", \.awsSecret, .required, doc: "The access key's secret."),
            Field("aws_region", \.awsRegion, .required, .oneOf(regions), doc: "The region of the function."),
            Field("function_name", \.functionName, .required, doc: "The function."),
            Field("qualifier", \.qualifier, doc: "Its version or alias."),
            Field("invocation_type", \.invocationType, .defaulted, doc: "Whether the answer is waited for."),
            Field("log_type", \.logType, .defaulted, doc: "Whether the end of the function's log comes back."),
            Field("port", \.port, .port, doc: "The port of the service."),
            Field("unhandled_status", \.unhandledStatus, .between(100, 999), doc: "The status for a failed function."),
            Field("forward_request_method", \.forwardRequestMethod, doc: "Whether the function gets the method."),
            Field("forward_request_uri", \.forwardRequestURI, doc: "Whether the function gets the URI."),
            Field("forward_request_headers", \.forwardRequestHeaders, doc: "Whether the function gets the headers."),
            Field("forward_request_body", \.forwardRequestBody, doc: "Whether the function gets the body."),
            Field("is_proxy_integration", \.isProxyIntegration, doc: "Whether the function makes the whole answer."),
        ]
    }

    private let payload: LambdaPayload
    private let signature: AWSSignature
    private let host: String
    private let port: Int
    /// Encoded.
    private let path: [UInt8]
    private let query: [(name: [UInt8], value: [UInt8])]
    private let headers: [(name: String, value: [UInt8])]
    private let timeout: Int64
    private let keepAlive: Int64
    private let unhandledStatus: Int?
    private let isProxyIntegration: Bool
    private let via: [UInt8]?

    package var readsBody: Bool { payload.readsBody }

    package init(_ config: Config, _ setup: Setup) {
        payload = LambdaPayload(
            forwardsMethod: config.forwardRequestMethod, forwardsURI: config.forwardRequestURI,
            forwardsHeaders: config.forwardRequestHeaders, forwardsBody: config.forwardRequestBody)
        signature = AWSSignature(
            accessKey: config.awsKey, secret: config.awsSecret, region: config.awsRegion, service: "lambda")
        host = "lambda.\(config.awsRegion).amazonaws.com"
        port = config.port
        path = Self.path(of: config.functionName)
        query = config.qualifier.map { [(Array("Qualifier".utf8), Array($0.utf8))] } ?? []
        headers = [
            ("Host", Array((config.port == 443 ? host : "\(host):\(config.port)").utf8)),
            ("Content-Type", Array("application/x-amz-json-1.1".utf8)),
            ("X-Amz-Target", Array("invoke".utf8)),
            ("X-Amz-Invocation-Type", Array(config.invocationType.rawValue.utf8)),
            ("X-Amz-Log-Type", Array(config.logType.rawValue.utf8)),
        ]
        timeout = Int64(milliseconds: config.timeout)
        keepAlive = Int64(milliseconds: config.keepalive)
        unhandledStatus = config.unhandledStatus
        isProxyIntegration = config.isProxyIntegration
        via = setup.node.via
    }

    package func access(_ x: Exchange) -> Verdict {
        guard let outbound = x.outbound else { return .respond(.unexpectedError) }
        if readsBody, case .tooLarge = x.request.body {
            outbound.logError(FunctionBody.tooLarge(for: Self.declaration.name))
        }
        let request = request(with: payload.text(of: x), at: AWSTime(x.nowMilliseconds))
        let suspension = Suspension(x)
        outbound.call(request) { [self] result in
            suspension.resume { x in .respond(answer(result, x)) }
        }
        return .suspend
    }

    private func request(with payload: [UInt8], at time: AWSTime) -> OutboundRequest {
        var request = OutboundRequest(to: OutboundPeer(host: host, port: port))
        request.usesTLS = true
        request.method = "POST"
        request.target = query.isEmpty ? path : path + [Ascii.question] + AWSSignature.query(query)
        request.headers = headers
        request.headers.append(("X-Amz-Date", Array(time.text.utf8)))
        request.headers.append(("Content-Length", Array("\(payload.count)".utf8)))
        let signed = AWSSignature.Request(
            method: request.method, path: path, query: query, headers: request.headers, body: payload)
        request.headers.append(("Authorization", signature.authorization(for: signed, at: time)))
        request.body = payload
        request.timeoutMilliseconds = timeout
        request.keepAliveMilliseconds = keepAlive
        return request
    }

    private func answer(_ result: Result<OutboundAnswer, OutboundFailure>, _ x: Exchange) -> Response {
        switch result {
        case .success(let given): return answer(given, x)
        case .failure(let failure):
            x.outbound?.logError("[aws-lambda] \(failure.text)")
            return .unexpectedError
        }
    }

    private func answer(_ given: OutboundAnswer, _ x: Exchange) -> Response {
        var answer = FunctionAnswer(given)
        if isProxyIntegration {
            do throws(ProxyIntegration.Fault) {
                try ProxyIntegration.apply(to: &answer)
            } catch {
                x.outbound?.logError("[aws-lambda] \(error.text)")
                return error.response
            }
        } else if let unhandledStatus, given.header("X-Amz-Function-Error") == Array("Unhandled".utf8) {
            answer.status = unhandledStatus
        }
        return answer.response(via: via)
    }

    /// What is none of a path's characters is encoded.
    private static func path(of function: String) -> [UInt8] {
        let allowed = Array("-._~!$&'()*+,;=:@".utf8)
        let name = function.utf8.flatMap { byte in
            Ascii.isLetter(byte) || Ascii.isDigit(byte) || allowed.contains(byte)
                ? [byte] : AWSSignature.escaped([byte])
        }
        return Array("/2015-03-31/functions/".utf8) + name + Array("/invocations".utf8)
    }
}
