// azure-functions: answers requests by calling an Azure function.
// Settings only: what it does with a request is not built yet.

import Schema

package enum AzureFunctions {
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
}
