// POST /kubernetes-sidecar-injector: a webhook of Kubernetes, which asks it about every new pod and changes the pod as
// it says.

import PluginKit
import Plugins
import Schema
import Store

struct SidecarEndpoint: Sendable {
    let context: AdminContext
    private let schema: RecordSchema

    init(context: AdminContext) {
        self.context = context
        schema = AdmissionReview.schema(strategy: context.node.configuration["database"]?.string ?? "")
    }

    func add(to routes: inout RouteTable) {
        routes.add("/kubernetes-sidecar-injector", Endpoint(["POST": { try await review($0.body.members) }]))
    }

    private func review(_ body: JSONObject) async throws -> AdminAnswer {
        guard let config = try await configuration() else { return .notFound }
        let (review, wrong) = AdmissionReview.read(body, schema, in: context.validation)
        guard wrong.isEmpty, let request = review["request"] else {
            return AdminAnswer(422, ["message": .object(wrong.fieldsJSON)])
        }
        var response: JSONObject = ["allowed": true]
        if let uid = request["uid"], !uid.isNull { response["uid"] = uid }
        if request["object"]?["metadata"]?["annotations"]?["k8s.konghq.com/sidecar-inject"] != "false" {
            let patch = SidecarPatch(config: config, database: context.node.sidecarDatabase)
            let operations = patch.operations(for: request["object"]?["spec"] ?? .null)
            response["patchType"] = "JSONPatch"
            response["patch"] = .string(String(decoding: Base64.encode(operations.bytes), as: UTF8.self))
        }
        return .ok(["kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1beta1", "response": .object(response)])
    }

    /// The settings of the plugin's one row; nil without one, and when it is off.
    private func configuration() async throws -> KubernetesSidecarInjector.Config? {
        var query = PageQuery(entity: "plugins", size: PageQuery.sizeMax)
        repeat {
            let page = try await context.store.page(query)
            if let row = page.rows.first(where: { $0["name"] == "kubernetes-sidecar-injector" }) {
                guard row["enabled"] != false else { return nil }
                return KubernetesSidecarInjector.Config(row: row["config"]?.object ?? [:])
            }
            query.offset = page.offset
        } while query.offset != nil
        return nil
    }
}
