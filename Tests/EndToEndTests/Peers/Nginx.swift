// nginx as an upstream: a second opinion on where requests begin and end. It notes each that it was sent, with its
// body. Or nginx in the place of the gateway, with directives that have to do the same in both.

import Foundation
import Glibc

final class Nginx: Sendable {
    let port: Int
    private let folder: String
    private let process: pid_t

    /// Runs `body` with an nginx that answers every request with 200.
    static func with<Value>(_ body: (Nginx) throws -> Value) throws -> Value {
        let nginx = try Nginx { configuration($0, $1[0], $1[1]) }
        defer { nginx.stop() }
        return try body(nginx)
    }

    /// Runs `body` with an nginx that has this configuration of HTTP, in which `{port}` stands for its port and
    /// `{folder}` for its folder.
    static func with<Value>(http text: String, _ body: (Nginx) throws -> Value) throws -> Value {
        let nginx = try Nginx { folder, ports in
            let http = text.replacingOccurrences(of: "{port}", with: "127.0.0.1:\(ports[0])")
                .replacingOccurrences(of: "{folder}", with: folder)
            let idle = "server { listen 127.0.0.1:\(ports[1]); }"
            return "daemon off; master_process off; pid \(folder)/pid; events {}\nhttp { access_log off;\n"
                + "client_body_temp_path \(folder)/bodies; proxy_temp_path \(folder)/answers;\n\(http)\n\(idle)\n}\n"
        }
        defer { nginx.stop() }
        return try body(nginx)
    }

    /// Directives that pass requests on as the gateway does.
    static func proxyPass(_ origin: Origin) -> String {
        "proxy_pass http://127.0.0.1:\(origin.port); proxy_http_version 1.1; proxy_set_header Connection keep-alive;"
            + " proxy_set_header Host $http_host;"
    }

    /// What stands in a file of its folder.
    func file(_ name: String) -> String {
        (try? String(contentsOfFile: folder + "/" + name, encoding: .utf8)) ?? ""
    }

    private init(_ configuration: (String, [Int]) -> String) throws {
        let ports = try LocalAddress.freePorts(2)
        port = ports[0]
        folder = NSTemporaryDirectory() + "/e2e-nginx-\(getpid())-\(port)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let file = folder + "/nginx.conf"
        try configuration(folder, ports).write(toFile: file, atomically: true, encoding: .utf8)
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
        file("seen.log").split(separator: "\n").map(String.init)
    }

    private func stop() {
        // It inherits the signals that the threads of tests block, and has nothing to tidy up.
        kill(process, SIGKILL)
        waitpid(process, nil, 0)
        try? FileManager.default.removeItem(atPath: folder)
    }
}
