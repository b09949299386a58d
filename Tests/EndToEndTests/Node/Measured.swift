// Figures that a test takes and nobody asserts exactly: appended to the file that KONG_MEASURED names, if it does.

import Foundation

enum Measured {
    static func note(_ text: String) {
        guard let path = ProcessInfo.processInfo.environment["KONG_MEASURED"], let file = fopen(path, "a") else {
            return
        }
        fputs(text + "\n", file)
        fclose(file)
    }
}
