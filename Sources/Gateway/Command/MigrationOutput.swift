// The lines that migrations print, for `kong migrations` and for `kong start`.

import Store

/// Prints states and progress in Kong's words; silent after --quiet.
struct MigrationOutput {
    let console: Console
    var isQuiet = false

    func info(_ text: String) { log(.info, text) }
    func verbose(_ text: String) { log(.verbose, text) }
    func debug(_ text: String) { log(.debug, text) }

    func log(_ level: OutputLevel, _ text: String) {
        if !isQuiet { console.log(level, text) }
    }

    /// One line a subsystem.
    func list(_ list: MigrationList, at level: OutputLevel = .info) {
        guard !isQuiet, level >= console.threshold else { return }
        for (subsystem, migrations) in list {
            console.print("\(subsystem.name): \(migrations.map(\.name).joined(separator: ", "))")
        }
    }

    /// What remains to be done.
    func state(_ state: SchemaState) {
        if state.needsBootstrap {
            info("database needs bootstrapping; run 'kong migrations bootstrap'")
            return
        }
        if !state.pending.isEmpty {
            info("database has pending migrations:")
            list(state.pending)
        }
        if !state.new.isEmpty {
            info("database has new migrations available:")
            list(state.new)
            info("run 'kong migrations up' to proceed")
        }
        if state.pending.isEmpty, state.new.isEmpty { info("database is up-to-date") }
    }
}
