// `kong config parse` without a node: a prepared prefix is enough. What it says of files that it can and cannot read.

import Foundation
import Gateway
import Testing

@Suite("kong config")
struct ConfigCommandTests {
    /// Runs `kong config parse` for a file with this name and text; a nil text for a file that is not there.
    private func parse(_ name: String, _ text: String?) throws -> (code: Int32, output: String, errors: String) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "config-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let settings = "prefix = \(folder.path)\ndatabase = off\n"
        try Data(settings.utf8).write(to: folder.appending(path: ".kong_env"))
        let file = folder.appending(path: name)
        if let text { try Data(text.utf8).write(to: file) }
        let transcript = Transcript()
        let code = CommandLineTool(console: transcript.console(), environment: [:])
            .run(["config", "parse", file.path, "-p", folder.path])
        return (code, transcript.output, transcript.errors.replacingOccurrences(of: file.path, with: name))
    }

    private static let hint = "\n\n  Run with --v (verbose) or --vv (debug) for more details\n"

    @Test(arguments: [
        ("a.yml", "_format_version: '1.1'\nservices: [{name: s, host: h}]"),
        ("a.yaml", "_format_version: '1.1'\n_transform: false\n"),
        ("a.json", #"{"_format_version": "1.1", "services": [{"name": "s", "host": "h"}]}"#),
        ("a.lua", #"local host = "h" return {_format_version = "1.1", services = {{host = host, tags = {"a"}}}}"#),
    ])
    func `YAML, JSON and Lua are read`(name: String, text: String) throws {
        #expect(try parse(name, text) == (0, "parse successful\n", ""))
    }

    @Test(arguments: [
        ("none.txt", nil, "none.txt: No such file or directory"),
        ("a.txt", "", "unknown file extension (json, lua, yaml are supported): a.txt"),
        ("a.json", "[]", "in '_format_version': required field missing"),
        ("a.yml", "text", "expected a table as input"),
        (
            "a.lua", "return {",
            "failed parsing declarative configuration file a.lua: a.lua:1: unexpected symbol near '<eof>'"
        ),
        ("a.lua", "", "failed parsing declarative configuration file a.lua"),
        ("a.lua", "return print", "failed parsing declarative configuration file a.lua"),
        (
            "a.lua", "return os.exit()",
            "failed parsing declarative configuration file a.lua: a.lua:1: attempt to index global 'os' (a nil value)"
        ),
        (
            "a.lua", "local t = {} t.t = t return t",
            "failed parsing declarative configuration file a.lua: nested too deeply"
        ),
    ])
    func `what cannot be read is told`(name: String, text: String?, fault: String) throws {
        #expect(try parse(name, text) == (1, "", "Error: Failed parsing:\n\(fault)" + Self.hint))
    }

    @Test func `a list is told in Kong's words and in plain ones`() throws {
        let (code, _, errors) = try parse("a.json", "[1]")
        #expect(code == 1)
        #expect(errors.hasPrefix("Error: attempt to concatenate local 'item' (a nil value)\n\tthe document is a list"))
    }
}
