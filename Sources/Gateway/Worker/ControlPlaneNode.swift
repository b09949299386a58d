// The control plane inside a worker: the store, the snapshots made of it, and the Admin API.

import ControlPlane
import DataPlane
import Dispatch
import Entities
import Glibc
import PluginKit
import Plugins
import Schema
import Store

/// The control plane of one worker.
final class ControlPlaneNode: Sendable {
    let service: any LocalService
    private let publisher: SnapshotPublisher
    private let store: any Store
    private let memory: MemoryStore?
    private let settings: Settings
    private let validation: ValidationContext
    private let catalog: Catalog
    private let figures: NodeFigures

    init(
        _ launch: WorkerLaunch, _ settings: Settings, _ source: SnapshotSource, _ statistics: [LoopStatistics],
        _ upstreams: Upstreams, _ logs: WorkerLogs, _ heritage: Heritage
    ) throws {
        let log = logs.error
        let catalog = try Self.catalog(settings)
        let isAlone = settings.database == .sqlite || settings.database == .off
        let subjects =
            settings.showsOwnMetrics
            ? NodeSubjects(limit: settings.metricsSeriesLimit, loops: statistics.count, before: heritage.before) : nil
        let state = NodeState(
            processID: getpid(), nodeID: launch.nodeID, isAlone: isAlone,
            tellsVia: settings.enabledHeaders.contains("Via"), loops: statistics.count, subjects: subjects,
            before: heritage.before)
        heritage.attach(state)
        let publisher = SnapshotPublisher(
            catalog: catalog, source: source, node: state,
            upstreams: upstreams,
            tls: TLSContexts.policy(settings), warn: { [log] text in log.log(.warn, text) })
        let opened = try Blocking.run { try await Self.open(launch, settings, catalog, publisher, upstreams, log) }
        let validation = ValidationContext(catalog: catalog, syntax: .checked)
        state.attach(
            StoreRowWriter(opened.store, validation, published: { await publisher.published($0.revision) }))
        if let store = opened.store as? PostgresStore { state.attach(StoreCounters(store)) }
        let health = UpstreamHealth(upstreams).announced(by: opened.store, log)
        let figures = NodeFigures(
            node: state, statistics: statistics, upstreams: upstreams, logWriter: logs.writer, heritage: heritage,
            database: opened.store as? PostgresStore)
        var node = Self.information(launch, settings, health, figures)
        node.cache = CachedRows(source, catalog)
        node.sidecarDatabase = settings.sidecarDatabase
        if settings.showsOwnMetrics {
            let reader = InternalsReader(
                settings: settings, figures: figures, publisher: publisher, subjects: subjects)
            node.internals = { reader.read() }
        }
        let api = AdminAPI(
            catalog: catalog, store: opened.store, node: node, context: validation,
            published: { await publisher.published($0.revision) },
            load: { dataset in
                guard let memory = opened.memory else { return }
                memory.replaceAll(with: dataset)
                if let revision = try? await memory.loadAll().revision { await publisher.published(revision) }
            })
        service = AdminService(api)
        self.publisher = publisher
        self.settings = settings
        self.figures = figures
        self.validation = validation
        self.catalog = catalog
        (store, memory) = (opened.store, opened.memory)
    }

    /// Loads what is stored and returns when it is served.
    func start() throws {
        if let memory, let path = settings.declarativeConfig {
            do throws(DeclarativeError) {
                let configuration = try DeclarativeReader(context: validation).read(file: path)
                memory.replaceAll(with: configuration.dataset(catalog))
            } catch {
                throw CommandFault("error parsing declarative config file \(path):\n\(error.text)")
            }
        }
        let dataset = try Blocking.run { [store] in try await store.loadAll() }
        let ready = DispatchSemaphore(value: 0)
        Task(priority: .medium) { [publisher] in await publisher.run(from: dataset) { ready.signal() } }
        ready.wait()
    }

    /// What another worker must know to go on from here.
    func carryover() -> Carryover { figures.carryover() }

    /// Writes the rows in force to the disk, if they are not there yet: another worker may have to begin with them.
    func keepRows() {
        (store as? PostgresStore)?.keepRows()
    }

    /// The core entities and what the enabled plugins declare.
    ///
    /// - Throws: `CommandFault` with Kong's text when `plugins` names one that isn't there.
    static func catalog(_ settings: Settings) throws(CommandFault) -> Catalog {
        let enabled = settings.plugins
        let known = Settings.bundledPlugins.union(Builtins.declarations.map(\.name))
        let missing = enabled.subtracting(known).sorted()
        guard missing.isEmpty else {
            let texts = missing.map { "on plugin '\($0)': \($0) plugin is enabled but not installed;" }
            throw CommandFault("error loading plugin schemas: " + texts.joined(separator: " "))
        }
        return Catalog(
            core: CoreEntities.all, plugins: Builtins.declarations.filter { enabled.contains($0.name) })
    }

    private struct Opened {
        let store: any Store
        let memory: MemoryStore?
    }

    private static func open(
        _ launch: WorkerLaunch, _ settings: Settings, _ catalog: Catalog, _ publisher: SnapshotPublisher,
        _ upstreams: Upstreams, _ log: DataPlane.ErrorLog
    ) async throws -> Opened {
        switch settings.database {
        case .sqlite:
            let store = try await SQLiteStore.open(
                path: settings.sqlitePath, catalog: catalog, listener: { publisher.hear($0) })
            return Opened(store: store, memory: nil)
        case .off:
            let store = MemoryStore(catalog: catalog, listener: { publisher.hear($0) })
            return Opened(store: store, memory: store)
        case .postgres:
            var options = PostgresStore.Options(nodeID: launch.nodeID)
            options.datasetPath = settings.datasetPath
            options.report = { [log] text in log.log(.error, text) }
            let health = UpstreamHealth(upstreams)
            options.health = { _ = health.mark($0.upstream, $0.target, $0.isHealthy) }
            let store = try await PostgresStore.open(
                settings.postgres(), catalog: catalog, options: options, listener: { publisher.hear($0) })
            return Opened(store: store, memory: nil)
        case .cassandra:
            throw CommandFault("Cassandra is not supported; set database = postgres, sqlite or off")
        }
    }

    private static func information(
        _ launch: WorkerLaunch, _ settings: Settings, _ health: UpstreamHealth, _ figures: NodeFigures
    ) -> NodeInformation {
        NodeInformation(
            hostname: hostname, nodeID: launch.nodeID, processID: Int(getpid()), configuration: settings.configuration,
            isDatabaseLess: settings.database == .off, health: health, figures: figures.node.figures,
            renew: { await figures.heritage.renew() }, counters: { figures.connections })
    }

    private static var hostname: String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// Carries requests from the listeners to the Admin API.
private struct AdminService: LocalService {
    let api: AdminAPI

    init(_ api: AdminAPI) {
        self.api = api
    }

    func respond(to request: LocalRequest, _ answer: @escaping @Sendable (LocalResponse) -> Void) {
        Task(priority: .medium) {
            let response = await api.respond(
                to: AdminRequest(
                    method: request.method, target: request.target,
                    headers: request.fields.map { AdminHeader($0.name, $0.value) }, body: request.body))
            answer(
                LocalResponse(
                    status: response.status, fields: response.headers.map { ($0.name, $0.value) },
                    body: response.body))
        }
    }
}
