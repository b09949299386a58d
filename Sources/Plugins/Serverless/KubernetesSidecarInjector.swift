// kubernetes-sidecar-injector: tells Kubernetes to put a gateway into every pod. It is an endpoint of the Admin API
// (SidecarEndpoint.swift) and does nothing with requests.

import PluginKit
import Schema

/// What the endpoint goes by.
package struct KubernetesSidecarInjector: Plugin {
    package static let declaration = PluginDeclaration(
        name: "kubernetes-sidecar-injector", version: "0.2.1", priority: 1006, config: Config.schema, scopes: [],
        protocols: nil, runOn: ["first", "second", "all"])

    package enum PullPolicy: String, Choice {
        case always = "Always"
        case never = "Never"
        case ifNotPresent = "IfNotPresent"
    }

    package struct Config: Declared {
        package var initImage = "istio/proxy_init:1.0.5"
        package var initImagePullPolicy = PullPolicy.ifNotPresent
        package var initArgs = ["-p", "7000", "-u", "1337", "-m", "TPROXY", "-i", "*", "-b", "*"]
        package var image = "kong"
        package var imagePullPolicy = PullPolicy.ifNotPresent
        package var extraEnv: [String: String]?
        package var httpPort = 8000
        package var httpsPort = 8443
        package var streamPort = 7000

        package init() {}

        package static let fields: [Field<Self>] = [
            Field("initImage", \.initImage, doc: "The image that redirects the pod's traffic."),
            Field("initImagePullPolicy", \.initImagePullPolicy, doc: "When that image is pulled."),
            Field("initArgs", \.initArgs, doc: "Its arguments."),
            Field("image", \.image, doc: "The gateway's image."),
            Field("imagePullPolicy", \.imagePullPolicy, doc: "When the gateway's image is pulled."),
            Field("extra_env", \.extraEnv, doc: "Further variables of the gateway."),
            Field("http_port", \.httpPort, .port, doc: "The gateway's port for HTTP."),
            Field("https_port", \.httpsPort, .port, doc: "The gateway's port for HTTPS."),
            Field("stream_port", \.streamPort, .port, doc: "The gateway's port for streams."),
        ]
    }

    package init(_ config: Config, _ setup: Setup) {}
}
