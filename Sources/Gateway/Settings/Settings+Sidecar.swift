// How the sidecar that kubernetes-sidecar-injector puts into pods finds this node's database.

import ControlPlane

extension Settings {
    /// Variables in Kong's order.
    var sidecarDatabase: [SidecarVariable] {
        var variables = [SidecarVariable("KONG_DATABASE", database.rawValue)]
        guard database == .postgres else { return variables }
        func add(_ property: String, _ value: String?) {
            if let value { variables.append(SidecarVariable("KONG_\(property.uppercased())", value)) }
        }
        func add(number property: String) {
            add(property, number(property).flatMap { Int(exactly: $0) }.map { String($0) })
        }
        add("pg_host", text("pg_host"))
        add(number: "pg_port")
        add(number: "pg_timeout")
        for property in ["pg_user", "pg_password", "pg_database", "pg_schema"] { add(property, text(property)) }
        for property in ["pg_ssl", "pg_ssl_verify"] { add(property, flag(property) ? "ON" : "OFF") }
        return variables
    }
}
