// Files and functions that fit into a head.

import Testing

struct SizeTests {
    private static let fileLines = 500
    private static let functionLines = 70
    private static let columns = 120

    @Test func `no file is longer than 500 lines`() {
        for file in Repository.swiftFiles {
            let limit = Exceptions.fileLengths[file.path] ?? Self.fileLines
            #expect(file.lines.count <= limit, "\(file.path) has \(file.lines.count) lines")
        }
        for (path, _) in Exceptions.fileLengths {
            let file = Repository.swiftFiles.first { $0.path == path }
            #expect((file?.lines.count ?? 0) > Self.fileLines, "\(path) needs no exception any more")
        }
    }

    @Test func `no function is longer than 70 lines`() {
        var excepted = Set(Exceptions.functionLengths.keys)
        for file in Repository.swiftFiles {
            for function in FunctionScan.functions(of: file) where function.lines > Self.functionLines {
                let name = "\(file.path): \(function.name)"
                excepted.remove(name)
                let limit = Exceptions.functionLengths[name] ?? Self.functionLines
                #expect(function.lines <= limit, "\(name) has \(function.lines) lines")
            }
        }
        #expect(excepted.isEmpty, "these need no exception any more")
    }

    @Test func `no line is wider than 120 columns`() {
        for file in Repository.swiftFiles {
            for (place, line) in file.lines.enumerated()
            where line.utf8.count > Self.columns && line.count > Self.columns {
                Issue.record("\(file.path):\(place + 1) has \(line.count) columns")
            }
        }
    }

    @Test func `functions are found and measured`() {
        let text = """
            struct A {
                func one() {
                    two()
                }

                package func two(
                    _ a: Int
                ) -> Int {
                    1
                }

                func short() { one() }
                init?(b: Int)
                    where C: D
                {
                    return nil
                }
            }
            """
        let file = SourceFile(path: "Sources/A/A.swift", text: text)
        let found = FunctionScan.functions(of: file)
        #expect(found.map(\.name) == ["one", "two", "init"])
        #expect(found.map(\.lines) == [3, 5, 5])
    }
}
