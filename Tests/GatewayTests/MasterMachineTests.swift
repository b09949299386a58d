// What the master decides: events in, actions out.

import Gateway
import Glibc
import Testing

@Suite("The master's decisions")
struct MasterMachineTests {
    private typealias Action = MasterMachine.Action

    /// A machine whose first worker, 1, serves.
    private func serving() -> MasterMachine {
        var machine = MasterMachine()
        #expect(machine.handle(.start, now: 0) == [.spawn(reload: false)])
        _ = machine.handle(.spawned(1), now: 0)
        #expect(machine.handle(.ready(1), now: 0) == [.started])
        return machine
    }

    private func withoutLogs(_ actions: [Action]) -> [Action] {
        actions.filter { if case .log = $0 { false } else { true } }
    }

    @Test func `a first worker that cannot serve ends the start with its reason`() {
        var machine = MasterMachine()
        _ = machine.handle(.start, now: 0)
        _ = machine.handle(.spawned(1), now: 0)
        #expect(machine.handle(.failed(1, "no plugin x"), now: 0) == [.signal(1, SIGTERM)])
        let actions = withoutLogs(machine.handle(.ended(1, .exit(1)), now: 0))
        #expect(actions == [.closeListeners, .exit(reason: "no plugin x")])
    }

    @Test func `a dead worker is replaced at once`() {
        var machine = serving()
        #expect(withoutLogs(machine.handle(.ended(1, .signal(9)), now: 5)) == [.spawn(reload: false)])
        #expect(machine.wakeAt == nil)
    }

    @Test func `workers that keep dying are replaced ever more slowly, up to once a second`() {
        var machine = serving()
        var now = 5.0
        var pauses: [Double] = []
        _ = machine.handle(.ended(1, .signal(9)), now: now)
        for pid in pid_t(2)...10 {
            _ = machine.handle(.spawned(pid), now: now)
            _ = machine.handle(.ended(pid, .signal(11)), now: now)
            let wakeAt = machine.wakeAt ?? now
            pauses.append(wakeAt - now)
            now = wakeAt
            #expect(machine.handle(.tick, now: now) == [.spawn(reload: false)])
        }
        #expect(pauses.first.map { $0 <= 0.11 } == true)
        #expect(pauses.last == 1)
        #expect(zip(pauses, pauses.dropFirst()).allSatisfy { $0 <= $1 + 1e-9 })
    }

    @Test func `a reload drains the old worker once the new one serves`() {
        var machine = serving()
        #expect(withoutLogs(machine.handle(.signal(SIGHUP), now: 1)) == [.spawn(reload: true)])
        _ = machine.handle(.spawned(2), now: 1)
        #expect(machine.handle(.ready(2), now: 1) == [.adopted, .signal(1, SIGQUIT)])
        #expect(withoutLogs(machine.handle(.ended(1, .exit(0)), now: 9)) == [])
    }

    @Test func `a reload that fails changes nothing`() {
        var machine = serving()
        _ = machine.handle(.signal(SIGHUP), now: 1)
        #expect(withoutLogs(machine.handle(.spawnFailed("bind() failed"), now: 1)) == [.abandoned])
        _ = machine.handle(.signal(SIGHUP), now: 2)
        _ = machine.handle(.spawned(2), now: 2)
        _ = machine.handle(.failed(2, "bad"), now: 2)
        let actions = machine.handle(.ended(2, .exit(1)), now: 2)
        #expect(withoutLogs(actions) == [.abandoned])
        #expect(actions.contains(.log(.emerg, "reload failed, the old configuration stays in force: bad")))
    }

    @Test func `a reload during a reload comes after it`() {
        var machine = serving()
        _ = machine.handle(.signal(SIGHUP), now: 1)
        _ = machine.handle(.spawned(2), now: 1)
        #expect(withoutLogs(machine.handle(.signal(SIGHUP), now: 1)) == [])
        #expect(machine.handle(.ready(2), now: 1) == [.adopted, .signal(1, SIGQUIT), .spawn(reload: true)])
    }

    @Test func `TERM ends the workers at once and by force if need be`() {
        var machine = serving()
        #expect(withoutLogs(machine.handle(.signal(SIGTERM), now: 1)) == [.closeListeners, .signal(1, SIGTERM)])
        #expect(machine.wakeAt == 2)
        #expect(machine.handle(.tick, now: 2) == [.signal(1, SIGKILL)])
        #expect(withoutLogs(machine.handle(.ended(1, .signal(9)), now: 2)) == [.closeListeners, .exit(reason: nil)])
    }

    @Test func `QUIT waits for the worker without end until TERM comes`() {
        var machine = serving()
        #expect(withoutLogs(machine.handle(.signal(SIGQUIT), now: 1)) == [.closeListeners, .signal(1, SIGQUIT)])
        #expect(machine.wakeAt == nil)
        #expect(withoutLogs(machine.handle(.signal(SIGTERM), now: 2)).contains(.signal(1, SIGTERM)))
    }

    @Test func `USR1 reaches a worker once it can take it`() {
        var machine = serving()
        #expect(withoutLogs(machine.handle(.signal(SIGUSR1), now: 1)) == [.reopenLogs, .signal(1, SIGUSR1)])
        _ = machine.handle(.ended(1, .signal(9)), now: 2)
        _ = machine.handle(.spawned(2), now: 2)
        #expect(withoutLogs(machine.handle(.signal(SIGUSR1), now: 2)) == [.reopenLogs])
        #expect(machine.handle(.ready(2), now: 2) == [.signal(2, SIGUSR1)])
    }

    @Test func `WINCH leaves the master without workers until a reload`() {
        var machine = serving()
        #expect(withoutLogs(machine.handle(.signal(SIGWINCH), now: 1)) == [.closeListeners, .signal(1, SIGQUIT)])
        #expect(withoutLogs(machine.handle(.ended(1, .exit(0)), now: 1)) == [])
        #expect(machine.wakeAt == nil)
        #expect(withoutLogs(machine.handle(.signal(SIGHUP), now: 2)) == [.spawn(reload: true)])
    }
}
