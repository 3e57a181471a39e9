package import Files

extension Problem {
    /// A step of the sliding window that is not in (0, 1].
    package static func invalidStepSize(_ step: Double) -> Problem {
        Problem(.computation, "the step size \(step) is outside 0 < step ≤ 1")
    }

    /// Tiles less than a voxel apart.
    static func stepBelowVoxel(_ step: Double, patch: [Int]) -> Problem {
        Problem(
            .computation, "with a step size of \(step) tiles of \(patch) voxels would lie less than a voxel apart",
            advice: "nnU-Net's step size is 0.5")
    }

    /// A preprocessed array that does not fit the network.
    package static func networkInput(expected: String, found: String) -> Problem {
        Problem(
            .mismatch, of: .model,
            "the network takes \(expected), the preprocessed case has \(found); plans and checkpoint do not belong together")
    }

    /// A network that gave infinities or NaN.
    package static func notFinite(what: String) -> Problem {
        Problem(.computation, "\(what) has infinite or undefined values; check the image's intensities and the checkpoint")
    }

    /// Models of an ensemble that do not belong together.
    package static func differentModels(reason: String) -> Problem {
        Problem(.mismatch, of: .model, "the models cannot form an ensemble: \(reason)")
    }
}
