package import Foundation

/// The checkout that the tests were built from.
package enum Checkout {
    /// The folder that holds Package.swift.
    package static let root: URL = {
        var folder = URL(filePath: #filePath).resolvingSymlinksInPath()
        for _ in 0..<3 { folder.deleteLastPathComponent() }
        return folder
    }()
}
