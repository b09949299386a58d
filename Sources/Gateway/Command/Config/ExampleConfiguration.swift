// What `kong config init` writes: a file that can be parsed as it is and explains itself.

enum ExampleConfiguration {
    static let text = """
        # A declarative configuration: what the gateway serves, in one file.
        #
        #   kong config parse kong.yml       checks it
        #   kong config db_import kong.yml   writes it into the database of a node
        #
        # A node with `database = off` serves it with `declarative_config = kong.yml`, or takes it over its Admin API:
        #
        #   http :8001/config config=@kong.yml
        #
        # The version of the format is required.
        _format_version: "1.1"

        # Each section below is a list of entities and may be left out. Entities have the fields that the Admin API
        # knows; what belongs to an entity can stand below it, or in a section of its own that names it:
        #
        # services:
        # - name: example
        #   url: http://example.com/base
        #   routes:
        #   - name: example
        #     paths:
        #     - /example
        #   plugins:
        #   - name: rate-limiting
        #     config:
        #       minute: 60
        #       policy: local
        #
        # routes:
        # - name: another
        #   service: example
        #   hosts:
        #   - another.example.com
        #
        # consumers:
        # - username: anna
        #   keyauth_credentials:
        #   - key: annas-key
        #
        # A plugin that is below nothing sees every request:
        #
        # plugins:
        # - name: key-auth
        #   service: example
        # - name: correlation-id
        #
        # upstreams:
        # - name: example.upstream
        #   targets:
        #   - target: 10.0.0.1:8080
        #     weight: 100
        #
        # certificates:
        # - cert: |
        #     -----BEGIN CERTIFICATE-----
        #     ...
        #   key: |
        #     -----BEGIN PRIVATE KEY-----
        #     ...
        #   snis:
        #   - name: example.com
        #
        # What the gateway shall not look at goes below _comment (a text) and _ignore (a list).

        """
}
