// The plugins that come with the gateway: Kong's 32. A new one is registered by its line here.

import PluginKit
import Schema

package enum Builtins {
    package static let all: [any Plugin.Type] = [
        ACL.self,
        AWSLambda.self,
        AzureFunctions.self,
        BasicAuth.self,
        BotDetection.self,
        CorrelationID.self,
        CORS.self,
        Datadog.self,
        FileLog.self,
        HMACAuth.self,
        HTTPLog.self,
        IPRestriction.self,
        JWT.self,
        KeyAuth.self,
        KubernetesSidecarInjector.self,
        LDAPAuth.self,
        Loggly.self,
        OAuth2.self,
        PostFunction.self,
        PreFunction.self,
        Prometheus.self,
        RateLimiting.self,
        RequestSizeLimiting.self,
        RequestTermination.self,
        RequestTransformer.self,
        ResponseRateLimiting.self,
        ResponseTransformer.self,
        StatsD.self,
        Syslog.self,
        TCPLog.self,
        UDPLog.self,
        Zipkin.self,
    ]

    /// All that `plugins = bundled` enables, with versions and priorities.
    package static let declarations: [PluginDeclaration] = all.map { $0.declaration }
}
