// What the command hands to the master process that it starts, and small values of a master's start.

import Glibc

/// How a master is to run. It travels in the arguments.
package struct MasterLaunch: Sendable, Hashable {
    package let prefix: String
    /// Where the master writes a `StartReport` once its first worker serves or has failed.
    package let reportFD: Int32
    /// Whether the node belongs to the command that started it, with its terminal, and ends with it.
    package let isForeground: Bool

    package init(prefix: String, reportFD: Int32, isForeground: Bool) {
        self.prefix = prefix
        self.reportFD = reportFD
        self.isForeground = isForeground
    }
}

/// Why a node could not start or reload.
struct StartFault: Error, Equatable {
    let text: String
}

/// The text of .kong_env as it was read, and what it means. Workers get this text and not the file, which may have
/// changed for the worse since: a worker that has to be replaced must not trip over that.
struct AcceptedSettings {
    let text: String
    let value: Settings

    init(prefix: String) throws(StartFault) {
        let path = prefix + "/.kong_env"
        do throws(FileFault) {
            text = try TextFile.read(path)
        } catch {
            throw StartFault(text: "\(path): \(error.reason)")
        }
        do throws(SettingsFaults) {
            // Without variables: they were applied when the command wrote the file.
            let loader = SettingsLoader(environment: [:])
            value = try loader.resolve(ConfFile(text).values, overrides: ["prefix": prefix])
        } catch {
            throw StartFault(text: error.first)
        }
    }
}

enum NodeID {
    /// A new random UUID (RFC 4122, version 4).
    static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        var bytes = (0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) }
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        var text = ""
        for (place, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(place) { text += "-" }
            text += (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        return text
    }
}
