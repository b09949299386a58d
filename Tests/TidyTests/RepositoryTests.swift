// What must not be in the repository: what is built, what belongs to one machine, what only worked for one person.

import Foundation
import Testing

struct RepositoryTests {
    @Test func `nothing that is built is committed`() throws {
        let ignored = Repository.text(".gitignore").split(separator: "\n")
        #expect(ignored.contains(".build*") && ignored.contains("Package.resolved"))
        // The names of all committed files stand in git's index. A source archive has none.
        let index = Repository.root.appendingPathComponent(".git/index")
        guard let bytes = try? Data(contentsOf: index) else { return }
        for name in ["Package.resolved", ".build/", ".build-", ".xctest"] {
            #expect(bytes.range(of: Data(name.utf8)) == nil, "\(name) is committed")
        }
    }

    @Test func `no path or host of one machine is written anywhere`() {
        // Put together here, so that this file does not break its own rule.
        let folders = ["work", "home", "Users"].map { "/\($0)/" }
        let hosts = ["pypi", "pythonhosted", "npmjs", "crates", "deb.debian", "proxy.golang"]
        let ends = ["org", "io", "com"]
        let registries = hosts.flatMap { host in ends.map { "\(host).\($0)" } }
        for path in Repository.writtenFiles {
            let text = Repository.text(path)
            for word in folders + registries where text.contains(word) {
                Issue.record("\(path) mentions \(word)")
            }
        }
    }

    @Test func `every link between documents leads somewhere`() {
        for path in Repository.writtenFiles where path.hasSuffix(".md") {
            let folder = Repository.root.appendingPathComponent(path).deletingLastPathComponent()
            for link in Repository.text(path).matches(of: /\]\(([^)#:]+)(?:#[^)]*)?\)/) {
                let target = folder.appendingPathComponent(String(link.1)).path
                #expect(FileManager.default.fileExists(atPath: target), "\(path): \(link.1)")
            }
        }
    }

    /// ARCHITECTURE.md is a map: a name on it that leads nowhere is worse than none.
    @Test func `the files that the documents name exist`() {
        let names = Set(Repository.writtenFiles.map { String($0.split(separator: "/").last ?? "") })
        for path in Repository.writtenFiles where path.hasSuffix(".md") && !path.hasSuffix("CHANGELOG.md") {
            for mention in Repository.text(path).matches(of: /`(?:[\w.\/+-]*\/)?([\w+-]+\.(?:swift|sh|py))`/) {
                #expect(names.contains(String(mention.1)) || mention.0.contains("My"), "\(path): \(mention.0)")
            }
        }
    }
}
