// Makes a prefix ready for a node: folders, log files, certificates, and .kong_env when all of that is in order.

import Glibc

struct PrefixPreparation {
    private var settings: Settings
    private let console: Console

    /// Below this limit of open files Kong warns.
    private static let enoughFiles: rlim_t = 4096

    init(_ settings: Settings, _ console: Console) {
        self.settings = settings
        self.console = console
    }

    /// Returns the settings with the generated certificates in them, as they stand in .kong_env.
    consuming func run() throws(CommandFault) -> Settings {
        console.verbose("preparing nginx prefix directory at \(settings.prefix)")
        try makeFolders()
        try makeLogs()
        try makeCertificates()
        warnAboutLimit()
        try checkConfiguration()
        do throws(FileFault) {
            try settings.writeKongEnv()
        } catch {
            throw CommandFault("\(settings.paths.kongEnv): \(error.reason)")
        }
        return settings
    }

    private func makeFolders() throws(CommandFault) {
        let paths = settings.paths
        if !TextFile.exists(paths.prefix) {
            console.info("prefix directory \(paths.prefix) not found, trying to create it")
        } else if !TextFile.isDirectory(paths.prefix) {
            throw CommandFault("\(paths.prefix) is not a directory")
        }
        do throws(FileFault) {
            for folder in [paths.prefix, paths.logs, paths.pids] { try TextFile.makeDirectory(folder) }
        } catch {
            throw CommandFault(error.reason)
        }
    }

    /// The three logs of the prefix are always there, as scripts expect; those of the configuration besides.
    private func makeLogs() throws(CommandFault) {
        for name in ["error", "access", "admin_access"] { try makeLog("\(settings.paths.logs)/\(name).log") }
    }

    private func makeLog(_ path: String) throws(CommandFault) {
        do throws(FileFault) {
            try TextFile.touch(path, mode: 0o644)
        } catch {
            throw CommandFault("open() \"\(path)\" failed (\(error.code): \(error.reason))")
        }
    }

    private func warnAboutLimit() {
        var limit = rlimit()
        guard getrlimit(openFiles, &limit) == 0, limit.rlim_cur < Self.enoughFiles else { return }
        console.log(
            .warn,
            "ulimit is currently set to \"\(limit.rlim_cur)\". For better performance set it to at least "
                + "\"\(Self.enoughFiles)\" using \"ulimit -n\"")
    }
}

// MARK: - Certificates

extension PrefixPreparation {
    private mutating func makeCertificates() throws(CommandFault) {
        let needsTLS = settings.proxyListeners.contains(where: \.ssl) || !settings.streamListeners.isEmpty
        if needsTLS, settings.certificate == nil {
            console.verbose("SSL enabled, no custom certificate set: using default certificate")
            try use(settings.paths.certificate, for: "ssl_cert", name: "default")
        }
        if settings.flag("client_ssl"), settings.clientCertificate == nil {
            try use(settings.paths.certificate, for: "client_ssl_cert", name: "default")
        }
        if settings.adminListeners.contains(where: \.ssl), settings.adminCertificate == nil {
            console.verbose("Admin SSL enabled, no custom certificate set: using default certificate")
            try use(settings.paths.adminCertificate, for: "admin_ssl_cert", name: "admin")
        }
    }

    private mutating func use(_ files: CertificateFiles, for property: String, name: String) throws(CommandFault) {
        if TextFile.exists(files.certificate), TextFile.exists(files.key) {
            console.verbose("\(name) SSL certificate found at \(files.certificate)")
        } else {
            console.verbose("generating \(name) SSL certificate and key")
            try generate(files)
        }
        settings.values[property] = .text(files.certificate)
        settings.values[property + "_key"] = .text(files.key)
    }

    private func generate(_ files: CertificateFiles) throws(CommandFault) {
        do {
            let generated = try DefaultCertificate()
            try TextFile.makeDirectory(settings.paths.ssl)
            // The key first, and for nobody else to read: Kong's are open to everybody on the machine.
            unlink(files.key)
            try TextFile.write(files.key, generated.key, newMode: 0o600)
            try TextFile.write(files.certificate, generated.certificate, newMode: 0o644)
        } catch let fault as FileFault {
            throw CommandFault("could not write \(files.certificate): \(fault.reason)")
        } catch {
            throw CommandFault("could not generate a certificate: \(error)")
        }
    }
}

// MARK: - What nginx's own test of its configuration finds in Kong

extension PrefixPreparation {
    private func checkConfiguration() throws(CommandFault) {
        do throws(CommandFault) {
            _ = try WorkerUser(settings)
            for log in settings.logPaths where !log.hasPrefix("/dev/") { try makeLog(log) }
            let pairs = [settings.certificate, settings.adminCertificate, settings.clientCertificate]
            for case .some(let files) in pairs {
                if let fault = files.fault { throw CommandFault(fault) }
            }
        } catch {
            throw CommandFault("nginx configuration is invalid (exit code 1):\nnginx: [emerg] \(error.text)")
        }
    }
}
