package import Files

extension Problem {
    /// Something that was asked for and is not there.
    package static func missing(path: String, problem: String, advice: String) -> Problem {
        Problem(.missing, at: path, problem, advice: advice)
    }

    /// A case that cannot be used: unreadable, wrong channels, values that are no numbers.
    package static func badInput(path: String, problem: String, advice: String) -> Problem {
        Problem(.unusable, at: path, problem, advice: advice)
    }

    /// A model folder, plans or a checkpoint that cannot be used.
    package static func badModel(path: String, problem: String, advice: String) -> Problem {
        Problem(.unusable, of: .model, at: path, problem, advice: advice)
    }

    /// A computation that failed; the input is fine.
    package static func computation(problem: String) -> Problem { Problem(.computation, problem) }

    /// Voxels that are NaN or infinite.
    static func notNumbers(path: String, count: Int) -> Problem {
        .badInput(
            path: path, problem: "\(count) voxel(s) are no finite numbers (NaN or infinity)",
            advice: "replace them by the value of air or background before predicting, or take them as 0 as ITK does (--nan zero, or"
                + " nan = \"zero\" in the route)")
    }

    /// Voxels that are finite in the file, but not as float32.
    static func tooLarge(path: String, count: Int) -> Problem {
        .badInput(
            path: path, problem: "\(count) voxel(s) are too large for float32, in which networks compute",
            advice: "check the header's scl_slope and scl_inter, and the values")
    }
}
