// The repository as the rules read it. Where it lies is known from where this file lay when it was compiled.

import Foundation

enum Repository {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// All Swift files of Sources and Tests.
    static let swiftFiles: [SourceFile] = ["Sources", "Tests"].flatMap { paths(below: $0) }
        .filter { $0.hasSuffix(".swift") }
        .map { SourceFile(path: $0, text: text($0)) }

    static let sources = swiftFiles.filter { !$0.isTest }

    /// Every file that somebody wrote, the recorded cases left out.
    static var writtenFiles: [String] {
        let tops = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
        let own = tops.filter { !$0.hasPrefix(".build") && $0 != ".git" && $0 != "Package.resolved" }
        return own.flatMap { paths(below: $0) }.filter { !$0.hasPrefix("Tests/Conformance/") }
    }

    /// The text of a file; empty if it is none.
    static func text(_ path: String) -> String {
        (try? String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)) ?? ""
    }

    /// The files below a folder, or the file of that name, in alphabetical order.
    private static func paths(below top: String) -> [String] {
        let start = root.appendingPathComponent(top)
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: start.path, isDirectory: &isFolder) else { return [] }
        guard isFolder.boolValue else { return [top] }
        let names = FileManager.default.enumerator(atPath: start.path)?.compactMap { $0 as? String } ?? []
        return names.sorted().map { top + "/" + $0 }.filter { path in
            var isFolder: ObjCBool = false
            let exists = FileManager.default.fileExists(
                atPath: root.appendingPathComponent(path).path, isDirectory: &isFolder)
            return exists && !isFolder.boolValue
        }
    }
}
