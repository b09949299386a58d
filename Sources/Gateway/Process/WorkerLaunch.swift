// What the master hands to a worker: the listening sockets, already open, and who it is. It travels in one environment
// variable beside the inherited descriptors.
//
// After an upgrade the master is of an older program than the worker: whatever changes here must still be understood.

/// How a worker is to run.
///
/// The worker writes "ready\n" to `readyFD` once it accepts connections, or "error: TEXT" and ends. It keeps the
/// descriptor: when the other side hangs up, the master is dead and the worker should drain and end, too.
/// Signals to a worker: TERM and INT end it at once, QUIT lets requests under way finish, USR1 reopens the logs.
package struct WorkerLaunch: Sendable, Hashable {
    package enum Kind: String, Sendable, CaseIterable {
        case proxy, admin, stream
    }

    /// One address with its sockets. They listen already and do not block; connections are spread over them by the
    /// kernel, so every one must be accepted from. There are at least as many as event loops.
    package struct Listener: Sendable, Hashable {
        package let kind: Kind
        package let address: ListenAddress
        package let fds: [Int32]

        package init(kind: Kind, address: ListenAddress, fds: [Int32]) {
            self.kind = kind
            self.address = address
            self.fds = fds
        }
    }

    package let prefix: String
    /// A UUID, made when the node starts and kept over reloads.
    package let nodeID: String
    package let listeners: [Listener]
    package let readyFD: Int32
    /// Gives the text of .kong_env as the master accepted it, then its end.
    package let settingsFD: Int32

    package init(prefix: String, nodeID: String, listeners: [Listener], readyFD: Int32, settingsFD: Int32) {
        self.prefix = prefix
        self.nodeID = nodeID
        self.listeners = listeners
        self.readyFD = readyFD
        self.settingsFD = settingsFD
    }

    package static let variable = "GIBBON_WORKER"

    /// All descriptors that the worker inherits.
    package var descriptors: [Int32] { listeners.flatMap(\.fds) + [readyFD, settingsFD] }

    /// The settings to run with. Can be called once, since reading empties `settingsFD`.
    package func readSettings() throws(SettingsFaults) -> Settings {
        let text: String
        do throws(FileFault) {
            text = String(decoding: try TextFile.readAll(settingsFD), as: UTF8.self)
        } catch {
            throw SettingsFaults(["could not read the settings: \(error.reason)"])
        }
        // The variables of the environment were applied when .kong_env was written.
        return try SettingsLoader(environment: [:]).resolve(ConfFile(text).values)
    }
}

// MARK: - The environment variable

extension WorkerLaunch {
    /// "READY|SETTINGS|NODE|KIND FD,FD ADDRESS FLAGS;...|PREFIX"; the prefix is last since it may hold anything.
    package var encoded: String {
        let entries = listeners.map { listener in
            "\(listener.kind.rawValue) \(listener.fds.map(String.init).joined(separator: ",")) "
                + listener.address.listener
        }
        return "\(readyFD)|\(settingsFD)|\(nodeID)|\(entries.joined(separator: ";"))|\(prefix)"
    }

    /// Nil when the text is none that `encoded` makes.
    package init?(encoded: String) {
        let parts = encoded.split(separator: "|", maxSplits: 4, omittingEmptySubsequences: false)
        guard parts.count == 5, let readyFD = Int32(parts[0]), let settingsFD = Int32(parts[1]) else { return nil }
        let entries = parts[3].split(separator: ";")
        let listeners = entries.compactMap(Self.listener)
        guard listeners.count == entries.count else { return nil }
        self.init(
            prefix: String(parts[4]), nodeID: String(parts[2]), listeners: listeners, readyFD: readyFD,
            settingsFD: settingsFD)
    }

    private static func listener(_ entry: Substring) -> Listener? {
        let parts = entry.split(separator: " ", maxSplits: 2)
        guard parts.count == 3, let kind = Kind(rawValue: String(parts[0])),
            let address = ListenAddress(String(parts[2]), allowed: ListenAddress.Flag.allCases)
        else { return nil }
        let fds = parts[1].split(separator: ",").compactMap { Int32($0) }
        return fds.isEmpty ? nil : Listener(kind: kind, address: address, fds: fds)
    }
}
