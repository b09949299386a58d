// What kubernetes-sidecar-injector adds to a pod, as a JSON patch (RFC 6902): a container that redirects the pod's
// traffic before anything starts, and one with the gateway.

import Plugins
import Schema

struct SidecarPatch {
    let config: KubernetesSidecarInjector.Config
    /// The variables that lead the sidecar to this node's database.
    let database: [SidecarVariable]

    /// The patch for a pod with that `spec`.
    func operations(for spec: JSON) -> JSON {
        .array([
            addition(of: initContainer, to: "initContainers", of: spec),
            addition(of: container, to: "containers", of: spec),
        ])
    }

    /// Adds to a list, or makes one where there is none.
    private func addition(of value: JSON, to name: String, of spec: JSON) -> JSON {
        let isThere = spec[name].map { $0 != false } ?? false
        return [
            "op": "add", "path": .string(isThere ? "/spec/\(name)/-" : "/spec/\(name)"),
            "value": isThere ? value : .array([value]),
        ]
    }

    private var initContainer: JSON {
        [
            "name": "kong-iptables-setup", "image": .string(config.initImage),
            "imagePullPolicy": .string(config.initImagePullPolicy.rawValue),
            "args": .array(config.initArgs.map(JSON.string)),
            "securityContext": ["capabilities": ["add": ["NET_ADMIN"]]],
        ]
    }

    private var container: JSON {
        [
            "name": "kong-sidecar", "image": .string(config.image),
            "imagePullPolicy": .string(config.imagePullPolicy.rawValue),
            "env": .array(variables.map { ["name": .string($0.name), "value": .string($0.value)] }),
            "ports": .array(
                // Whatever the ports are; Kubernetes takes them for information.
                [("http", 8000), ("https", 8443), ("tcp", 7000)].map { name, port in
                    ["name": .string(name), "containerPort": .number(port), "protocol": "TCP"]
                }),
        ]
    }

    private var variables: [SidecarVariable] {
        let proxy =
            "0.0.0.0:\(config.httpPort) transparent,0.0.0.0:\(config.httpsPort) ssl transparent"
        let own = [
            // A sidecar is configured by the nodes beside it.
            ("KONG_ADMIN_LISTEN", "off"), ("KONG_PROXY_LISTEN", proxy),
            ("KONG_STREAM_LISTEN", "0.0.0.0:\(config.streamPort) transparent"),
            ("KONG_PROXY_ACCESS_LOG", "/dev/stdout"), ("KONG_PROXY_ERROR_LOG", "/dev/stderr"),
        ].map { SidecarVariable($0, $1) }
        let extra = (config.extraEnv ?? [:]).sorted { $0.key < $1.key }.map { SidecarVariable($0.key, $0.value) }
        return own + database + extra
    }
}

/// A variable of a sidecar's environment.
package struct SidecarVariable: Sendable, Equatable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}
