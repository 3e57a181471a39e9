package import Files
import Preprocessing

/// Where the tiles of a sliding window start on one padded axis (nnU-Net's `compute_steps_for_sliding_window`).
///
/// Evenly spread, first and last tile at the ends, at most `tile·stepSize` apart; starts are rounded half to even.
package func slidingWindowStarts(image: Int, tile: Int, stepSize: Double) -> [Int] {
    let span = image - tile
    let count = Int((Double(span) / (Double(tile) * stepSize)).rounded(.up)) + 1
    guard count > 1 else { return [0] }
    let step = Double(span) / Double(count - 1)
    return (0..<count).map { Int((step * Double($0)).rounded(.toNearestOrEven)) }
}

/// The tiles of one case. A 2D patch is one voxel thick and visits every slice of axis 0.
package struct SlidingWindowGrid: Sendable {
    /// The case, (z, y, x).
    let image: [Int]
    /// The patch as the network takes it, with two or three axes.
    let networkPatch: [Int]
    /// The patch with three axes.
    let patch: [Int]
    /// How many zeros lie before the image on each axis; an odd one goes behind.
    package let padding: [Int]
    /// The tiles' starts on each axis of the padded image.
    package let starts: [[Int]]

    package init(image: [Int], patch: [Int], stepSize: Double) throws(Problem) {
        guard stepSize > 0, stepSize <= 1 else { throw .invalidStepSize(stepSize) }
        guard Self.reachesVoxels(stepSize, patch: patch) else { throw .stepBelowVoxel(stepSize, patch: patch) }
        self.image = image
        networkPatch = patch
        self.patch = patch.count == 2 ? [1] + patch : patch
        padding = zip(image, self.patch).map { max(0, $1 - $0) / 2 }
        starts = zip(image, self.patch).enumerated().map { axis, sizes in
            axis == 0 && patch.count == 2
                ? Array(0..<sizes.0) : slidingWindowStarts(image: max(sizes.0, sizes.1), tile: sizes.1, stepSize: stepSize)
        }
    }

    /// Whether tiles lie at least a voxel apart along every axis on which a patch has several.
    package static func reachesVoxels(_ stepSize: Double, patch: [Int]) -> Bool {
        patch.allSatisfy { $0 == 1 || Double($0) * stepSize >= 1 }
    }

    /// The tiles' starts on each axis in the image's coordinates; negative where a tile begins in the padding.
    package var imageStarts: [[Int]] { zip(starts, padding).map { starts, padding in starts.map { $0 - padding } } }
}

/// nnU-Net's order of mirrored predictions: none, then every combination of the axes by size, then lexicographic.
package func mirroringCombinations(_ axes: [Int]) -> [[Int]] {
    var combinations: [[Int]] = [[]]
    var longest: [[Int]] = [[]]
    for _ in axes {
        longest = longest.flatMap { combination in
            axes.filter { axis in combination.last.map { axis > $0 } ?? true }.map { combination + [$0] }
        }
        combinations += longest
    }
    return combinations
}
