// A certificate for a.test with its key, made for these tests only.

import DataPlane

enum SampleIdentity {
    static func make(_ policy: TLSPolicy = TLSPolicy()) throws -> TLSIdentity {
        try TLSIdentity(certificate: certificate, key: key, policy: policy)
    }

    static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBejCCAR+gAwIBAgIULGi9cAeieH9iLqu2LpEOf8H8QMowCgYIKoZIzj0EAwIw
        ETEPMA0GA1UEAwwGYS50ZXN0MCAXDTI2MTEyNDEyNDg1OVoYDzIxMjYxMDMxMTI0
        ODU5WjARMQ8wDQYDVQQDDAZhLnRlc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
        AATpy5sKEJbKA493o6km5MbHIb+Vz2UA5wJperYwC6/13gx+Sx7feQmjCeR+aaC1
        SHp4kayMJf9yO9+s7UrF6ybfo1MwUTAdBgNVHQ4EFgQUR87dG71Dh0oHTB/8hWYT
        weI/KkswHwYDVR0jBBgwFoAUR87dG71Dh0oHTB/8hWYTweI/KkswDwYDVR0TAQH/
        BAUwAwEB/zAKBggqhkjOPQQDAgNJADBGAiEAtXi9C+bBDtkrqabue7X9w5GudRku
        XSHJCNHsYt9fpXUCIQCDj6SiyzdUsz2S+USzriIsT5kTfNSEFs9I4ZiFEtOcsA==
        -----END CERTIFICATE-----
        """

    static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgOVgR72uHamd55r+t
        YO2UeS37XQN/2P7jXdgtvF2qN6ihRANCAATpy5sKEJbKA493o6km5MbHIb+Vz2UA
        5wJperYwC6/13gx+Sx7feQmjCeR+aaC1SHp4kayMJf9yO9+s7UrF6ybf
        -----END PRIVATE KEY-----
        """
}
