// The file .kong_env in the prefix: the settings that a node was started or reloaded with. The processes of the node
// and the commands that act on a running node read it; it has the syntax of kong.conf.

import Glibc

extension Settings {
    /// The content of .kong_env. It holds passwords in clear, hence its mode of 0640.
    package var kongEnvText: String {
        var lines: [String: String] = [:]
        for (name, value) in values where value != .list([]) || Property.byName[name]?.standard != nil {
            lines[name] = RawValue.escaped(value.fileText)
        }
        // Kong drops unset properties, which then come back with their defaults; an empty value keeps them unset.
        for name in unset { lines[name] = "" }
        for directive in directives { lines[directive.property] = RawValue.escaped(directive.value) }
        for (name, path) in paths.named { lines[name] = path }
        let body = lines.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value)\n" }.joined()
        return Self.kongEnvBanner + body
    }

    private static let kongEnvBanner = """
        # The settings this node runs with, written by the kong command. Commands that act on the running node and
        # the node itself read this file. Change kong.conf and reload or restart instead of editing it.

        """

    /// Writes .kong_env. An existing file keeps its mode.
    package func writeKongEnv() throws(FileFault) {
        try TextFile.write(paths.kongEnv, kongEnvText, newMode: 0o640)
    }
}
