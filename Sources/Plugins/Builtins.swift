// The plugins that come with the gateway: Kong's 32. A new one is registered by its line here.

import PluginKit
import Schema

package enum Builtins {
    /// The plugins with their behaviour.
    package static let all: [any Plugin.Type] = [
        ACL.self,
        BasicAuth.self,
        BotDetection.self,
        CorrelationID.self,
        CORS.self,
        HMACAuth.self,
        IPRestriction.self,
        JWT.self,
        KeyAuth.self,
        OAuth2.self,
        Prometheus.self,
        RateLimiting.self,
        RequestSizeLimiting.self,
        RequestTermination.self,
        RequestTransformer.self,
        ResponseRateLimiting.self,
        ResponseTransformer.self,
    ]

    /// The plugins whose settings can be stored, but which do nothing with a request yet.
    package static let withoutBehaviour: [PluginDeclaration] = [
        AWSLambda.declaration,
        AzureFunctions.declaration,
        Datadog.declaration,
        FileLog.declaration,
        HTTPLog.declaration,
        KubernetesSidecarInjector.declaration,
        LDAPAuth.declaration,
        Loggly.declaration,
        PostFunction.declaration,
        PreFunction.declaration,
        StatsD.declaration,
        Syslog.declaration,
        TCPLog.declaration,
        UDPLog.declaration,
        Zipkin.declaration,
    ]

    /// All that `plugins = bundled` enables, with versions and priorities.
    package static let declarations: [PluginDeclaration] = all.map { $0.declaration } + withoutBehaviour

    /// Those of `withoutBehaviour` that refuse requests, answer them in the upstream's place or take something out of
    /// them, so that letting requests pass without them would be wrong: such a route must be closed.
    package static let guarding: Set<String> = [
        "aws-lambda", "azure-functions", "ldap-auth", "post-function", "pre-function",
    ]
}
