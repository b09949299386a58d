// POST /kubernetes-sidecar-injector: what it takes for a review of a pod, and what it has added to the pod.

import ControlPlane
import PluginKit
import Schema
import Testing

@Suite struct SidecarTests {
    private static let missingKind: JSON = [
        "group": "required field missing", "kind": "required field missing", "version": "required field missing",
    ]
    private static let missingResource: JSON = [
        "group": "required field missing", "resource": "required field missing", "version": "required field missing",
    ]

    private static let object: JSONObject = [
        "metadata": ["name": "web", "labels": ["a": "b"]], "spec": ["containers": [["name": "c"]]], "status": [:],
    ]

    /// A review, with members of its request replaced.
    private static func review(_ changes: JSONObject = [:], object: JSONObject = object) -> JSON {
        var request: JSONObject = [
            "uid": "705ab4f5-6393-11e8-b7cc-42010a800002", "kind": ["group": "", "version": "v1", "kind": "Pod"],
            "resource": ["group": "", "version": "v1", "resource": "pods"], "namespace": "default",
            "operation": "CREATE", "userInfo": ["username": "admin", "groups": ["a"], "extra": ["x": ["y"]]],
            "object": .object(object), "oldObject": .null,
        ]
        for (name, value) in changes { request[name] = value }
        return [
            "kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1beta1", "request": .object(request),
        ]
    }

    private static func node(_ config: JSONObject = [:], enabled: Bool = true) async throws -> TestNode {
        let node = try await TestNode()
        let plugin: JSON = [
            "name": "kubernetes-sidecar-injector", "config": .object(config), "enabled": .bool(enabled),
        ]
        #expect(await node.send("POST", "/plugins", plugin).status == 201)
        return node
    }

    private func post(_ node: TestNode, _ body: JSON) async -> TestNode.Answer {
        await node.send("POST", "/kubernetes-sidecar-injector", body)
    }

    private func patch(_ answer: TestNode.Answer) throws -> [JSON] {
        let text = try #require(answer.json["response"]?["patch"]?.string)
        return try #require(JSON(parsing: Base64.decode(Array(text.utf8)) ?? []).array)
    }

    @Test func `without the plugin, or with it off, there is no such endpoint`() async throws {
        for node in [try await TestNode(), try await Self.node(enabled: false)] {
            let answer = await post(node, Self.review())
            #expect(answer.status == 404)
            #expect(answer.json == ["message": "Not found"])
        }
        #expect(await TestNode(withoutDatabase: ()).send("GET", "/kubernetes-sidecar-injector").status == 405)
    }

    @Test func `a new pod gets two containers`() async throws {
        let config: JSONObject = ["extra_env": ["KONG_B": "2", "KONG_A": "1"], "http_port": 8100, "image": "gibbon"]
        let answer = await post(try await Self.node(config), Self.review())
        #expect(answer.status == 200)
        #expect(answer.json["kind"] == "AdmissionReview")
        #expect(answer.json["apiVersion"] == "admission.k8s.io/v1beta1")
        #expect(answer.json["response"]?["allowed"] == true)
        #expect(answer.json["response"]?["patchType"] == "JSONPatch")
        #expect(answer.json["response"]?["uid"] == "705ab4f5-6393-11e8-b7cc-42010a800002")
        let operations = try patch(answer)
        #expect(
            operations.first == [
                "op": "add", "path": "/spec/initContainers",
                "value": [
                    [
                        "name": "kong-iptables-setup", "image": "istio/proxy_init:1.0.5",
                        "imagePullPolicy": "IfNotPresent",
                        "args": ["-p", "7000", "-u", "1337", "-m", "TPROXY", "-i", "*", "-b", "*"],
                        "securityContext": ["capabilities": ["add": ["NET_ADMIN"]]],
                    ]
                ],
            ])
        let sidecar = try #require(operations.last)
        #expect(sidecar["path"] == "/spec/containers/-")
        #expect(sidecar["value"]?["image"] == "gibbon")
        #expect(
            sidecar["value"]?["env"] == [
                ["name": "KONG_ADMIN_LISTEN", "value": "off"],
                [
                    "name": "KONG_PROXY_LISTEN",
                    "value": "0.0.0.0:8100 transparent,0.0.0.0:8443 ssl transparent",
                ],
                ["name": "KONG_STREAM_LISTEN", "value": "0.0.0.0:7000 transparent"],
                ["name": "KONG_PROXY_ACCESS_LOG", "value": "/dev/stdout"],
                ["name": "KONG_PROXY_ERROR_LOG", "value": "/dev/stderr"],
                ["name": "KONG_A", "value": "1"], ["name": "KONG_B", "value": "2"],
            ])
        #expect(sidecar["value"]?["ports"]?.array?.count == 3)
    }

    private static let specs: [(JSON, String, String)] = [
        ([:], "/spec/initContainers", "/spec/containers"),
        (["initContainers": [], "containers": []], "/spec/initContainers/-", "/spec/containers/-"),
        (["initContainers": false], "/spec/initContainers", "/spec/containers"),
    ]

    @Test(arguments: specs) func `lists that are there are added to`(_ spec: JSON, _ first: String, _ second: String)
        async throws
    {
        let answer = await post(try await Self.node(), Self.review(object: ["metadata": [:], "spec": spec]))
        #expect(try patch(answer).map { $0["path"] } == [.string(first), .string(second)])
    }

    @Test func `a pod may be left out by an annotation`() async throws {
        let node = try await Self.node()
        for (value, isLeftOut) in [("false", true), ("true", false)] {
            let object: JSONObject = [
                "metadata": ["annotations": ["k8s.konghq.com/sidecar-inject": .string(value)]], "spec": [:],
            ]
            let response = await post(node, Self.review(object: object)).json["response"]
            #expect(response?["allowed"] == true)
            #expect((response?["patch"] == nil) == isLeftOut)
        }
    }

    private static let faults: [(JSONObject, JSON)] = [
        (["uid": "x"], ["uid": "expected a valid UUID"]),
        (["more": 1], ["more": "unknown field"]), (["dryRun": "x"], ["dryRun": "expected a boolean"]),
        (["operation": "FOO"], ["operation": "expected one of: CREATE, UPDATE, DELETE, CONNECT"]),
        (
            ["operation": "DELETE"],
            "unsupported operation (this controller only understands the CREATE operation)"
        ),
        (
            ["operation": "UPDATE", "oldObject": ["a": 1]],
            "unsupported operation (this controller only understands the CREATE operation)"
        ),
        (
            ["operation": "UPDATE"],
            [
                "@entity": ["failed conditional validation given value of field 'operation'"],
                "oldObject": "required field missing",
            ]
        ),
        (
            ["kind": ["group": "", "version": "v1", "kind": "Service"]],
            "unknown resource type (this controller only accepts v1 Pods)"
        ),
        (["kind": ["version": "v1", "kind": "Pod"]], ["kind": ["group": "required field missing"]]),
        (["userInfo": ["uid": "admin"]], ["userInfo": ["uid": "expected a valid UUID"]]),
        (["object": []], "invalid object.spec field"), (["object": ["metadata": [:]]], "invalid object.spec field"),
        (["object": ["spec": [:], "foo": 1]], "[] schema violation (object.foo: unknown field)"),
        (
            ["object": ["spec": [:], "metadata": ["foo": 1]]],
            "[] schema violation (object.metadata: {\n  foo = \"unknown field\"\n})"
        ),
        (["object": "x"], "[] schema violation (object: expected a record)"),
    ]

    @Test(arguments: faults) func `a request that is none is told what is wrong`(_ changes: JSONObject, _ wrong: JSON)
        async throws
    {
        let answer = await post(try await Self.node(), Self.review(changes))
        #expect(answer.status == 422)
        #expect(answer.json == ["message": ["request": wrong]])
    }

    @Test func `an empty body is told what is missing`() async throws {
        let answer = await post(try await Self.node(), [:])
        #expect(answer.status == 422)
        #expect(
            answer.json["message"] == [
                "apiVersion": "required field missing", "kind": "required field missing",
                "request": [
                    "kind": Self.missingKind, "operation": "field required for entity check",
                    "resource": Self.missingResource,
                ],
            ])
    }

    @Test(arguments: [["uid": .null], ["userInfo": .null], ["object": ["spec": [:]]]] as [JSONObject])
    func `what Kubernetes may leave out may be left out`(_ changes: JSONObject) async throws {
        #expect(await post(try await Self.node(), Self.review(changes)).status == 200)
    }
}
