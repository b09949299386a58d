// What Kubernetes asks before it makes a pod (admission.k8s.io/v1beta1), as Kong's plugin kubernetes-sidecar-injector
// reads it.

import Schema

enum AdmissionReview {
    /// - Parameter strategy: the database's name, which stands in texts about the pod.
    static func schema(strategy: String) -> RecordSchema {
        let request = FieldSpec(
            name: "request", kind: .record(self.request),
            traits: [.required, .custom { value, context in refusal(of: value, strategy, context) }])
        return RecordSchema(fields: [
            text("kind", .required, .equals("AdmissionReview")),
            text("apiVersion", .required, .equals("admission.k8s.io/v1beta1")),
            request,
        ])
    }

    /// What is wrong with a review, besides what the schema's fields say.
    static func read(_ body: JSONObject, _ schema: RecordSchema, in context: ValidationContext) -> (
        record: JSONObject, wrong: Violations
    ) {
        var (record, wrong) = schema.read(body, in: context)
        guard let request = record["request"], request["operation"] == "UPDATE", request["oldObject"]?.isNull ?? true
        else { return (record, wrong) }
        // An update must tell of the old object: reported of the field and of the request, as conditions are.
        var inner = Violations()
        if case .members(let others) = wrong.fields["request"] { inner = others }
        inner.entity.append("failed conditional validation given value of field 'operation'")
        inner.fields["oldObject"] = .text("required field missing")
        wrong.fields["request"] = .members(inner)
        return (record, wrong)
    }

    /// Only the making of pods is understood.
    private static func refusal(of request: JSON, _ strategy: String, _ context: ValidationContext) -> String? {
        guard request["operation"] == "CREATE" else {
            // That the old object is missing is told instead.
            if request["operation"] == "UPDATE", request["oldObject"]?.isNull ?? true { return nil }
            return "unsupported operation (this controller only understands the CREATE operation)"
        }
        let kind = request["kind"]
        guard kind?["group"] == "", kind?["version"] == "v1", kind?["kind"] == "Pod" else {
            return "unknown resource type (this controller only accepts v1 Pods)"
        }
        var wrong = Violations()
        switch request["object"] {
        case .object(let members):
            let inner = pod.read(members, in: context).wrong
            if !inner.isEmpty { wrong.fields["object"] = .members(inner) }
        case .array([]): break
        case .array(let items):
            for place in items.indices { wrong.fields["object.\(place + 1)"] = .text("unknown field") }
        default: wrong.fields["object"] = .text("expected a record")
        }
        if !wrong.isEmpty { return "[\(strategy)] \(wrong.message)" }
        switch request["object"]?["spec"] {
        case .object, .array: return nil
        default: return "invalid object.spec field"
        }
    }

    private static let request = RecordSchema(
        fields: [
            text("uid", .uuid),
            record(
                "kind",
                [text("group", .required, .lengthAtLeast(0)), text("version", .required), text("kind", .required)]),
            record(
                "resource",
                [text("group", .required, .lengthAtLeast(0)), text("version", .required), text("resource", .required)]),
            text("subResource"), text("name"), text("namespace"),
            text("operation", .required, .oneOf(["CREATE", "UPDATE", "DELETE", "CONNECT"])),
            record("userInfo", [text("username"), text("uid", .uuid), list("groups"), any("extra")]),
            any("object"), any("oldObject"), FieldSpec(name: "dryRun", kind: .boolean),
        ],
        // Without an operation this is what is wrong with it; the rest is in `read`.
        checks: [.conditional(if: "operation", .oneOf(["UPDATE"]), then: "oldObject", .required)])

    private static let pod = RecordSchema(fields: [
        FieldSpec(name: "metadata", kind: .record(metadata)), any("spec"),
        FieldSpec(name: "status", kind: .record(status)), text("kind"), text("apiVersion"),
    ])

    private static let metadata = RecordSchema(fields: [
        text("name"), text("generateName"), text("namespace"), text("selfLink"), text("uid", .uuid),
        text("resourceVersion"), FieldSpec(name: "generation", kind: .number), text("creationTimestamp"),
        text("deletionTimestamp"), FieldSpec(name: "deletionGracePeriodSeconds", kind: .number), map("labels"),
        map("annotations"),
        FieldSpec(
            name: "ownerReferences",
            kind: .array(FieldSpec(name: "", kind: .record(ownerReference)))),
        any("initializers"), list("finalizers"), text("clusterName"),
    ])

    private static let ownerReference = RecordSchema(fields: [
        text("apiVersion", .required), text("kind", .required), text("name", .required), text("uid", .uuid),
        FieldSpec(name: "controller", kind: .boolean), FieldSpec(name: "blockOwnerDeletion", kind: .boolean),
    ])

    private static let status = RecordSchema(fields: [
        any("metadata"), text("status"), text("message"), any("reason"), any("details"),
        FieldSpec(name: "code", kind: .number),
    ])

    private static func text(_ name: String, _ traits: Trait...) -> FieldSpec {
        FieldSpec(name: name, kind: .string, traits: traits)
    }

    /// What nobody looks at.
    private static func any(_ name: String) -> FieldSpec { FieldSpec(name: name, kind: .variant) }

    private static func record(_ name: String, _ fields: [FieldSpec]) -> FieldSpec {
        FieldSpec(name: name, kind: .record(RecordSchema(fields: fields)), traits: [.required])
    }

    private static func list(_ name: String) -> FieldSpec {
        FieldSpec(name: name, kind: .array(FieldSpec(name: "", kind: .string)))
    }

    private static func map(_ name: String) -> FieldSpec {
        let text = FieldSpec(name: "", kind: .string)
        return FieldSpec(name: name, kind: .map(keys: text, values: text))
    }
}
