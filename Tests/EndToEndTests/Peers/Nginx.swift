// nginx as an upstream: a second opinion on where requests begin and end. It notes each that it was sent, with its
// body.

import Foundation
import Glibc

final class Nginx: Sendable {
    let port: Int
    private let folder: String
    private let process: pid_t

    /// Runs `body` with an nginx that answers every request with 200.
    static func with<Value>(_ body: (Nginx) throws -> Value) throws -> Value {
        let nginx = try Nginx()
        defer { nginx.stop() }
        return try body(nginx)
    }

    private init() throws {
        let ports = try LocalAddress.freePorts(2)
        port = ports[0]
        folder = NSTemporaryDirectory() + "/e2e-nginx-\(getpid())-\(port)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let file = folder + "/nginx.conf"
        try Self.configuration(folder, ports[0], ports[1]).write(toFile: file, atomically: true, encoding: .utf8)
        process = try Command.start("nginx", ["-p", folder, "-c", file, "-e", folder + "/error.log"])
        guard eventually(within: 10, { try ports.allSatisfy { try Socket.connect(port: $0).descriptor >= 0 } }) else {
            stop()
            throw SocketFault("nginx does not listen")
        }
    }

    /// It reads a body only to pass it on, so that it passes every request on to itself; and it notes also requests
    /// that broke off, but for those it has no answer of its other self.
    private static func configuration(_ folder: String, _ port: Int, _ innerPort: Int) -> String {
        """
        daemon off;
        master_process off;
        pid \(folder)/pid;
        events {}
        http {
            underscores_in_headers on;
            client_body_temp_path \(folder)/bodies;
            proxy_temp_path \(folder)/answers;
            client_body_in_single_buffer on;
            map $status $is_whole { 200 1; default 0; }
            log_format seen escape=json "$request_method $request_uri $http_host [$request_body]";
            server {
                listen 127.0.0.1:\(port);
                access_log \(folder)/seen.log seen if=$is_whole;
                location / { proxy_pass http://127.0.0.1:\(innerPort); }
            }
            server {
                listen 127.0.0.1:\(innerPort);
                access_log off;
                location / { return 200 "ok"; }
            }
        }

        """
    }

    /// What it was sent so far, in order: method, target, Host and body of each request, as in `GET /x a.test []`.
    var seen: [String] {
        let text = (try? String(contentsOfFile: folder + "/seen.log", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map(String.init)
    }

    private func stop() {
        // It inherits the signals that the threads of tests block, and has nothing to tidy up.
        kill(process, SIGKILL)
        waitpid(process, nil, 0)
        try? FileManager.default.removeItem(atPath: folder)
    }
}
