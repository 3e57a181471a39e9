import Files

extension DICOMFileHeader {
    /// Whether two files hold the same image: equal size and equal stored values, however they are encoded.
    func hasSamePixels(as other: DICOMFileHeader) throws(Problem) -> Bool {
        guard rows == other.rows, columns == other.columns, slope == other.slope, intercept == other.intercept else {
            return false
        }
        return try storedValues() == other.storedValues()
    }

    private func storedValues() throws(Problem) -> [Int] {
        var decoder = DICOMFrameDecoder()
        return try decoder.withSamples(of: self) { samples throws(Problem) in
            var values = [Int](repeating: 0, count: samples.count)
            samples.forEach { index, value in values[index] = value }
            return values
        }
    }
}
