// aws-lambda: answers requests by calling an AWS Lambda function.
// Settings only: what it does with a request is not built yet.

import Schema

package enum AWSLambda {
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
}
