// Commands as a user sees them: streams, levels and exit codes.

import Gateway
import Testing

@Suite("The kong command")
struct CommandLineTests {
    private func run(_ arguments: String..., environment: [String: String] = [:]) -> (Int32, String, String) {
        let transcript = Transcript()
        let code = CommandLineTool(console: transcript.console(), environment: environment).run(arguments)
        return (code, transcript.output, transcript.errors)
    }

    @Test func `version prints the version of Kong`() {
        #expect(run("version") == (0, "1.1.2\n", ""))
        #expect(run("version", "-a", "extra") == (0, "Kong: 1.1.2\n", ""))
    }

    @Test func `a talkative command has times and levels`() {
        let (code, output, _) = run("version", "--v")
        #expect(code == 0)
        #expect(output.split(separator: "\n").map { $0.drop { $0 != "[" } } == ["[verbose] Kong: 1.1.2", ""])
        #expect(output.hasSuffix("\n1.1.2\n"))
    }

    @Test func `--v wins over --vv`() {
        #expect(run("version", "--v", "--vv").1.contains("[verbose]"))
        #expect(!run("check", "/no/such", "--v", "--vv").1.contains("[debug]"))
    }

    @Test func `an unknown command is told before the usage`() {
        for word in ["foobar", "--help", "-v", "VERSION"] {
            let (code, output, errors) = run(word)
            #expect(code == 1 && output.isEmpty)
            #expect(errors.hasPrefix("No such command: \(word)\n\nUsage: kong COMMAND [OPTIONS]\n"))
        }
    }

    @Test func `every command has a usage`() {
        for word in [
            "check", "config", "health", "migrations", "prepare", "quit", "reload", "restart", "start", "stop",
        ] {
            let (code, output, errors) = run(word, "--help")
            #expect(code == 1 && output.isEmpty && errors.hasPrefix("\nUsage: kong \(word) "))
        }
    }

    @Test func `a command of commands needs one it knows`() {
        #expect(run("migrations").2.hasPrefix("\nUsage: kong migrations COMMAND [OPTIONS]"))
        #expect(run("config", "export").2.hasPrefix("No such command for config: export\n"))
    }

    @Test func `a failure ends with a hint at more details`() {
        let hint = "\n\n  Run with --v (verbose) or --vv (debug) for more details\n"
        #expect(run("start", "-c", "/no/such") == (1, "", "Error: no file at: /no/such" + hint))
        #expect(run("start", "-c", "/no/such", "--v").2 == "Error: \nno file at: /no/such\n")
        #expect(run("stop", "-p", "/no/such") == (1, "", "Error: no such prefix: /no/such" + hint))
    }

    @Test func `check tells all faults on the standard error`() {
        let (code, output, errors) = run(
            "check", "/dev/null", environment: ["KONG_LOG_LEVEL": "loud", "KONG_DNS_ORDER": "X"])
        #expect(code == 1 && output.isEmpty)
        #expect(errors.split(separator: "\n").count == 2)
        #expect(run("check", "/dev/null") == (0, "configuration at /dev/null is valid\n", ""))
    }

    @Test func `passwords never show`() {
        let (_, output, _) = run("check", "/dev/null", "--vv", environment: ["KONG_PG_PASSWORD": "secret"])
        #expect(output.contains("KONG_PG_PASSWORD ENV found with \"******\""))
        #expect(output.contains("pg_password = \"******\""))
        #expect(!output.contains("secret"))
    }
}
