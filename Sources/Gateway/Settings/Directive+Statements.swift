// A property holds one directive of a name, but Kong writes its value into nginx's configuration as it is, so that a
// semicolon in it begins another directive: `nginx_proxy_add_header = A 1; add_header B 2`.

extension Settings {
    /// The directives one by one, in the order of their properties.
    package var statements: [Directive] { directives.flatMap(\.statements) }
}

extension Directive {
    init(block: Block, name: String, value: String) {
        self.block = block
        self.name = name
        self.value = value
    }

    /// What the value says in all: the property's own directive first.
    var statements: [Directive] {
        let parts = NginxWords.parts(value)
        let others = parts.dropFirst().compactMap { part -> Directive? in
            let text = part.drop(while: \.isWhitespace)
            guard !text.isEmpty else { return nil }
            let name = text.prefix { !$0.isWhitespace }
            let value = text.dropFirst(name.count).drop(while: \.isWhitespace)
            return Directive(block: block, name: String(name), value: String(value))
        }
        return [Directive(block: block, name: name, value: parts[0])] + others
    }
}
