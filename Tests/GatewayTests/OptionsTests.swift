// The option parser.

import Gateway
import Testing

@Suite("Options")
struct OptionsTests {
    private let known = [
        Option("prefix", "p", .text, ""), Option("timeout", "t", .number, ""), Option("yes", "y", .flag, ""),
        Option("quiet", "q", .flag, ""),
    ]

    @Test(arguments: [["-p", "x"], ["-px"], ["-p=x"], ["--prefix", "x"], ["--prefix=x"], ["-p", "a", "-p", "x"]])
    func `a value may be written in several ways`(arguments: [String]) throws {
        #expect(try Options(arguments, known: known).text("prefix") == "x")
    }

    @Test func `flags may share a dash and words are kept`() throws {
        let options = try Options(["up", "-yq", "-v", "more"], known: known)
        #expect(options.has("yes") && options.has("quiet") && options.has("v") && !options.has("vv"))
        #expect(options.words == ["up", "more"])
    }

    @Test func `a value may begin with a dash`() throws {
        #expect(try Options(["--timeout", "-3"], known: known).number("timeout") == -3)
    }

    @Test(arguments: [
        (["--foo"], "kong: unrecognized parameter: foo"), (["-z", "1"], "kong: unrecognized parameter: z"),
        (["-p"], "kong: prefix was expecting a value"), (["-t", "abc"], "kong: unable to convert to number: abc"),
    ])
    func `what cannot be understood is told`(arguments: [String], message: String) {
        #expect { try Options(arguments, known: known) } throws: { ($0 as? OptionFault)?.message == message }
    }

    @Test func `help is no fault of the options`() {
        #expect(throws: OptionFault.help) { try Options(["-h"], known: known) }
        #expect(throws: OptionFault.help) { try Options(["--help"], known: known) }
    }
}
