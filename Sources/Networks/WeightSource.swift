package import Files

/// Where a network's trained weights come from, for example a checkpoint.
package protocol WeightSource {
    /// The values of one weight in C order, converted to float32.
    ///
    /// - Parameters:
    ///   - name: the canonical name in nnU-Net's `state_dict`, for example `encoder.stages.0.0.convs.0.conv.weight`.
    ///   - shape: the shape the architecture asks for; a convolution's is (out, in, z, y, x), a transposed one's (in, out, z, y, x).
    /// - Returns: as many values as the shape has.
    /// - Throws: `Problem` where the weight is missing or has another shape.
    func weight(_ name: String, shape: [Int]) throws(Problem) -> [Float]

    /// Whether the weight is there.
    func contains(_ name: String) -> Bool
}
