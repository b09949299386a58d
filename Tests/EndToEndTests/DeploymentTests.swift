// The documents about deploying a node are played from the first command to the last, at the real paths and ports of
// a machine of their own, and what is printed is compared with what they say (Tests/Deployment/play.py).

import Foundation
import Glibc
import Testing

extension EndToEnd {
    @Suite("Deployment")
    struct Deployment {
        private static let player = PackagedFiles.root.appendingPathComponent("Tests/Deployment/play.py").path

        /// A machine of its own is made of namespaces, which root may make where the system lets it.
        private static let isPossible =
            geteuid() == 0
            && (try? Command.run("unshare", ["--mount", "--net", "--pid", "--fork", "true"]).status) == 0

        @Test(
            .enabled(if: isPossible, "needs root and namespaces"),
            arguments: [
                "Tests/Deployment/steps.md", "docs/guide/deploy.md", "docs/guide/first-steps.md",
                "docs/guide/balancing.md",
            ])
        func `every command prints what the document says`(document: String) throws {
            let path = PackagedFiles.root.appendingPathComponent(document).path
            let play = try Command.run("python3", [Self.player, "--kong", Node.program, path])
            #expect(play.status == 0, "\(play.output)")
            #expect(play.output.hasSuffix(" passed, 0 failed\n"), "\(play.output)")
        }
    }
}
