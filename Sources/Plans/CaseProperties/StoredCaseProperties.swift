package import Files
import PythonFormats

/// What nnU-Net writes beside a case's probabilities (`<case>.pkl`), for ensembling: where the case lies and how it was cropped.
package struct StoredCaseProperties: Sendable, Hashable {
    /// Voxel size in mm in the reader's axis order (z, y, x).
    package var spacing: [Double]
    /// Voxels before cropping, in the network's axis order.
    package var shapeBeforeCropping: [Int]
    /// What was kept, in the network's axis order.
    package var boundingBox: [Range<Int>]
    /// Voxels after cropping and before resampling, in the network's axis order.
    package var shapeAfterCropping: [Int]
    /// What the reader needs to write a segmentation on the case's grid.
    package var grid: Grid

    /// The grid in the terms of the reader that read the case.
    package enum Grid: Sendable, Hashable {
        /// `sitk_stuff`: ITK's spacing, origin and direction (row by row), x first; `originalOrientation` with the reader that reorients.
        case simpleITK(spacing: [Double], origin: [Double], direction: [Double], originalOrientation: String?)
        /// `nibabel_stuff`: affines of 4 × 4, row by row; `reoriented` with the reader that reorients.
        case nibabel(original: [Double], reoriented: [Double]?)
        /// Another reader's.
        case none
    }

    /// Joins the facts.
    package init(
        spacing: [Double], shapeBeforeCropping: [Int], boundingBox: [Range<Int>], shapeAfterCropping: [Int], grid: Grid
    ) {
        self.spacing = spacing
        self.shapeBeforeCropping = shapeBeforeCropping
        self.boundingBox = boundingBox
        self.shapeAfterCropping = shapeAfterCropping
        self.grid = grid
    }

    /// Reads a case's `.pkl`; nothing in it is carried out.
    /// - Throws: `Problem` that names the file and the key.
    package static func read(path: String) throws(Problem) -> StoredCaseProperties {
        let graph = try readPickle(path)
        let file = PickleFile(path: path, graph: graph)
        let box = try file.sequence("bbox_used_for_cropping")
        var boundingBox: [Range<Int>] = []
        for side in box {
            guard let limits = graph.integers(side), limits.count == 2, 0 <= limits[0], limits[0] <= limits[1] else {
                throw file.failure("bbox_used_for_cropping", expected: "pairs of first and last voxel", side)
            }
            boundingBox.append(limits[0]..<limits[1])
        }
        return StoredCaseProperties(
            spacing: try file.reals("spacing", in: graph.root), shapeBeforeCropping: try file.shape("shape_before_cropping"),
            boundingBox: boundingBox, shapeAfterCropping: try file.shape("shape_after_cropping_and_before_resampling"),
            grid: try file.grid())
    }

    /// Writes the case's `.pkl` as protocol 4 with plain lists and floats, which nnU-Net and any Python read.
    package func write(to path: String) throws(Problem) {
        func tuple(_ values: [Double]) -> PickleValue { .tuple(values.map { .real($0) }) }
        func matrix(_ values: [Double]) -> PickleValue {
            .list(stride(from: 0, to: values.count, by: 4).map { .list(values[$0..<min(values.count, $0 + 4)].map { .real($0) }) })
        }
        var pairs: [(key: String, value: PickleValue)] = []
        switch grid {
        case .simpleITK(let spacing, let origin, let direction, let orientation):
            var entries = [("spacing", tuple(spacing)), ("origin", tuple(origin)), ("direction", tuple(direction))]
            if let orientation { entries.append(("original_orientation", .text(orientation))) }
            pairs.append(("sitk_stuff", .dictionary(entries.map { (key: $0.0, value: $0.1) })))
        case .nibabel(let original, let reoriented):
            var entries = [("original_affine", matrix(original))]
            if let reoriented { entries.append(("reoriented_affine", matrix(reoriented))) }
            pairs.append(("nibabel_stuff", .dictionary(entries.map { (key: $0.0, value: $0.1) })))
        case .none: break
        }
        pairs.append(("spacing", .list(spacing.map { .real($0) })))
        pairs.append(("shape_before_cropping", .tuple(shapeBeforeCropping.map { .integer($0) })))
        pairs.append(("bbox_used_for_cropping", .list(boundingBox.map { .list([.integer($0.lowerBound), .integer($0.upperBound)]) })))
        pairs.append(("shape_after_cropping_and_before_resampling", .tuple(shapeAfterCropping.map { .integer($0) })))
        try AtomicFile.write(PickleValue.dictionary(pairs).pickled, to: path)
    }
}

/// A pickled dictionary with the file's name for errors.
private struct PickleFile {
    let path: String
    let graph: PickleGraph

    func grid() throws(Problem) -> StoredCaseProperties.Grid {
        if let stuff = graph.value("sitk_stuff", in: graph.root) {
            return .simpleITK(
                spacing: try reals("spacing", in: stuff), origin: try reals("origin", in: stuff),
                direction: try reals("direction", in: stuff),
                originalOrientation: graph.value("original_orientation", in: stuff).flatMap { graph.text($0) })
        }
        guard let stuff = graph.value("nibabel_stuff", in: graph.root) else { return .none }
        return .nibabel(
            original: try affine("original_affine", in: stuff),
            reoriented: graph.value("reoriented_affine", in: stuff) == nil ? nil : try affine("reoriented_affine", in: stuff))
    }

    func sequence(_ key: String) throws(Problem) -> [PickleGraph.Reference] {
        let value = graph.value(key, in: graph.root)
        guard let value, let items = graph.sequence(value) else { throw failure(key, expected: "a list", value) }
        return items
    }

    func shape(_ key: String) throws(Problem) -> [Int] {
        let value = graph.value(key, in: graph.root)
        guard let value, let sizes = graph.integers(value), sizes.allSatisfy({ $0 >= 0 }) else {
            throw failure(key, expected: "sizes in voxels", value)
        }
        return sizes
    }

    func reals(_ key: String, in dictionary: PickleGraph.Reference) throws(Problem) -> [Double] {
        let value = graph.value(key, in: dictionary)
        guard let value, let numbers = graph.reals(value), numbers.allSatisfy(\.isFinite) else {
            throw failure(key, expected: "a list of numbers", value)
        }
        return numbers
    }

    /// An array of 4 × 4, or the list of lists that `write` makes of it.
    private func affine(_ key: String, in dictionary: PickleGraph.Reference) throws(Problem) -> [Double] {
        let value = graph.value(key, in: dictionary)
        let rows = value.flatMap { graph.sequence($0) }?.compactMap { graph.reals($0) }
        guard let value, let numbers = rows?.flatMap(\.self) ?? graph.reals(value), numbers.count == 16, numbers.allSatisfy(\.isFinite)
        else {
            throw failure(key, expected: "an affine of 4 x 4", value)
        }
        return numbers
    }

    func failure(_ item: String, expected: String, _ found: PickleGraph.Reference?) -> Problem {
        .mismatch(
            path: path, item: item, expected: expected, found: found.map { graph.describe($0) } ?? "no such key",
            advice: "predict the case again with probabilities")
    }
}
