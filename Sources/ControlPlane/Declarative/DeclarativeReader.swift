// Reads declarative documents: the file at the start with `database = off`, the body of POST /config, the
// argument of `kong config`. All three end here, and so do their error texts.

import Foundation
import Schema

/// Turns declarative documents into rows.
package struct DeclarativeReader: Sendable {
    private var context: ValidationContext

    /// - Parameter context: The checks of values; its catalog says which entities there are.
    package init(context: ValidationContext) {
        self.context = context
        self.context.isDocument = true
    }

    /// Reads a file of YAML or JSON, as its name says.
    ///
    /// - Parameter lua: reads the text of a file of Lua; without it there are none.
    package func read(
        file path: String, lua: ((_ text: String, _ path: String) throws(DeclarativeError) -> JSON)? = nil
    ) throws(DeclarativeError) -> DeclarativeConfiguration {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw DeclarativeError("\(path): No such file or directory")
        }
        guard !isFolder.boolValue else { throw DeclarativeError("\(path): Is a directory") }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw DeclarativeError("\(path): Permission denied")
        }
        // Kong goes by the last letters, with or without a dot before them.
        if path.hasSuffix("yml") || path.hasSuffix("yaml") {
            return try read(text: String(decoding: data, as: UTF8.self), named: path)
        }
        if let lua, path.hasSuffix("lua") {
            return try read(document: lua(String(decoding: data, as: UTF8.self), path))
        }
        guard path.hasSuffix("json") else {
            let known = lua == nil ? "json, yaml" : "json, lua, yaml"
            throw DeclarativeError("unknown file extension (\(known) are supported): \(path)")
        }
        return try read(json: data, named: path)
    }

    private func read(json data: Data, named path: String) throws(DeclarativeError) -> DeclarativeConfiguration {
        do {
            return try read(document: JSON(parsing: Array(data)))
        } catch let error as JSONSyntaxError {
            let reason = "\(error.reason.rawValue) at byte \(error.offset + 1)"
            throw DeclarativeError("failed parsing declarative configuration file \(path): \(reason)")
        } catch let error as DeclarativeError {
            throw error
        } catch {
            throw DeclarativeError("\(error)")
        }
    }

    /// Reads YAML, or JSON, which is YAML as well.
    /// - Parameter name: What the text is called in error texts.
    package func read(text: String, named name: String) throws(DeclarativeError) -> DeclarativeConfiguration {
        guard let document = try YAMLDocument.parse(text, named: name) else {
            throw DeclarativeError("failed parsing declarative configuration file \(name)")
        }
        return try read(document: document)
    }

    /// Reads a document that is parsed already.
    package func read(document: JSON) throws(DeclarativeError) -> DeclarativeConfiguration {
        if let items = document.array, !items.isEmpty { throw .list }
        // To Kong an empty list is an empty table.
        guard let sections = document.object ?? document.array.map({ _ in [:] }) else { throw .notATable }
        var walk = DeclarativeWalk(context: context)
        var faults = walk.read(sections)
        guard faults.isEmpty else { throw DeclarativeError(faults.text) }
        let rows = walk.resolve(&faults)
        guard faults.isEmpty else { throw DeclarativeError(faults.text) }
        return DeclarativeConfiguration(rows: rows, isPlain: sections["_transform"] != false)
    }
}
