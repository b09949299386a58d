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

    /// Reads a file of YAML or, if its name ends in `.json`, JSON.
    package func read(file path: String) throws(DeclarativeError) -> DeclarativeConfiguration {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw DeclarativeError("\(path): No such file or directory")
        }
        guard !isFolder.boolValue else { throw DeclarativeError("\(path): Is a directory") }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw DeclarativeError("\(path): Permission denied")
        }
        guard path.hasSuffix(".json") else {
            return try read(text: String(decoding: data, as: UTF8.self), named: path)
        }
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
        guard let sections = document.object else { throw .notATable }
        var walk = DeclarativeWalk(context: context)
        var faults = walk.read(sections)
        guard faults.isEmpty else { throw DeclarativeError(faults.text) }
        let rows = walk.resolve(&faults)
        guard faults.isEmpty else { throw DeclarativeError(faults.text) }
        return DeclarativeConfiguration(rows: rows)
    }
}
