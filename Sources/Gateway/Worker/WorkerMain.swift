// The worker process: event loops that serve, the control plane beside them, and the signals that end it all.

import ControlPlane
import DataPlane
import Glibc

/// The life of a worker process.
package enum WorkerMain {
    /// Serves until a signal or the death of the master ends it.
    package static func run(launch: WorkerLaunch, settings: Settings) -> Never {
        let signals = WorkerSignals.block()
        ProcessRole.takeName()
        do {
            let worker = try Worker(launch: launch, settings: settings)
            try worker.start()
            StartReport.ready.write(to: launch.readyFD)
            StartupPages.release()
            wait(signals, worker, launch.readyFD)
        } catch {
            let text = (error as? CommandFault)?.text ?? "\(error)"
            StartReport.failed(text).write(to: launch.readyFD)
            exit(1)
        }
    }

    /// The main thread only waits: for signals, and for the master to hang up.
    private static func wait(_ signals: WorkerSignals, _ worker: Worker, _ readyFD: Int32) -> Never {
        signals.watchMaster(readyFD)
        while true {
            switch signals.next() {
            case SIGTERM, SIGINT: worker.stop()
            case SIGQUIT: worker.drain()
            case SIGUSR1: worker.reopenLogs()
            default: break
            }
        }
    }
}
