import DICOM
import Foundation
import TestSupport
import Testing

/// Headers are read without pixels: what is read doesn't grow with the image.
struct DICOMHeaderSpeedTests {
    @Test func `the headers of 2000 files are read in a few seconds at most`() throws {
        let folder = try TemporaryFolder()
        let objects = try DICOMSynthesiser(size: SIMD3(128, 128, 100), spacing: SIMD3(1, 1, 0.5)).objects()
        let paths = try DICOMSynthesiser.write(objects, to: folder)
        let start = ContinuousClock.now
        let series = DICOMCollection(paths: (0..<20).flatMap { _ in paths }).series
        // Measured: 0.1 s. The bound only catches a reader that has become quadratic or loads pixels.
        #expect(ContinuousClock.now - start < .seconds(5))
        #expect(series.map(\.files.count) == [2000])
    }
}
