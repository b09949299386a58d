// The program `kong`: a user's command, the master process of a node or its worker, as its first argument says.

import Glibc

switch ProcessRole(arguments: CommandLine.arguments, environment: Environment.current) {
case .command(let arguments):
    exit(CommandLineTool().run(arguments))
case .master(let launch):
    Master.run(launch)
case .worker(let launch):
    do throws(SettingsFaults) {
        WorkerMain.run(launch: launch, settings: try launch.readSettings())
    } catch {
        StartReport.failed(error.first).write(to: launch.readyFD)
        exit(1)
    }
}
