import Imaging

/// Slices that are taken for one series, equal in size and nearly parallel, whose positions are not yet proven to be a grid.
package struct DICOMSeriesCandidate: Sendable {
    /// (0020,000E) of the first file that has one; empty where none has.
    package var seriesInstanceUID: String { files.lazy.map(\.seriesInstanceUID).first { !$0.isEmpty } ?? "" }
    /// (0008,0060) of the first file that has one.
    package var modality: String { files.lazy.map(\.modality).first { !$0.isEmpty } ?? "" }
    /// (0020,0011) of the first file that has one.
    package var seriesNumber: Int? { files.lazy.compactMap(\.seriesNumber).first }
    /// (0008,103E) of the first file that has one.
    package var seriesDescription: String? { files.lazy.compactMap(\.seriesDescription).first }
    /// At least one, in the order in which they were given.
    package private(set) var files: [DICOMFileHeader]
    /// Files that can't be read whole and may be slices of this series: their UID says so, or they lie beside its slices without one.
    package private(set) var damagedFiles: [DICOMCollection.OtherObject] = []
    /// Images of this series that lack what a slice needs, or whose pixels can't be read.
    package private(set) var unusableFiles: [DICOMCollection.OtherObject] = []
    /// How many objects of the series' UID are no slices of it: localizers, scouts, reports.
    private(set) var otherCount = 0
    /// Instance Numbers (0020,0013) of those.
    private(set) var otherNumbers: Set<Int> = []
    /// Why some of the files can't be slices of one volume although their positions say so; nil for most series.
    private(set) var misfit: Misfit?

    /// What keeps the files from being one volume, and the way out, as clauses.
    struct Misfit: Sendable, Equatable {
        let reason: String
        let advice: String
    }

    init(first: DICOMFileHeader) {
        files = [first]
    }

    /// The distinct (0020,000E) of the files; several where an anonymiser gave each slice its own.
    var seriesInstanceUIDs: Set<String> { Set(files.lazy.map(\.seriesInstanceUID).filter { !$0.isEmpty }) }

    mutating func add(_ header: DICOMFileHeader) {
        files.append(header)
    }

    /// Takes the slices of another candidate; a misfit says why they don't belong together.
    mutating func join(_ other: DICOMSeriesCandidate, misfit: Misfit? = nil) {
        files += other.files
        self.misfit = self.misfit ?? misfit ?? other.misfit
    }

    /// Keeps the files together as one series that is refused.
    mutating func refuse(_ misfit: Misfit) {
        self.misfit = misfit
    }

    mutating func addDamaged(_ file: DICOMCollection.OtherObject) {
        damagedFiles.append(file)
    }

    mutating func addUnusable(_ file: DICOMCollection.OtherObject) {
        unusableFiles.append(file)
    }

    /// Notes an object of the series' UID that is no slice, for counting.
    mutating func addOther(_ header: DICOMFileHeader) {
        otherCount += 1
        if let number = header.instanceNumber { otherNumbers.insert(number) }
    }
}

// MARK: Shape

extension DICOMSeriesCandidate {
    /// The directions as most slices have them: the median of each component, so that one slice that jitters moves nothing; LPS.
    var written: (row: SIMD3<Double>, column: SIMD3<Double>)? {
        guard let row = Self.median(files.compactMap(\.rowDirection)), let column = Self.median(files.compactMap(\.columnDirection)) else {
            return nil
        }
        return (row, column)
    }

    /// The axes of the stack; nil where no slice has an orientation.
    var orientation: DICOMOrientation? {
        written.map { DICOMOrientation(row: $0.row, column: $0.column, positions: files.compactMap(\.imagePosition)) }
    }

    /// Columns: row direction, column direction, normal; orthonormal.
    var axes: Matrix3? { orientation?.axes }

    /// (0028,0030), mm, the median of all slices'.
    var pixelSpacing: SIMD2<Double>? {
        let all = files.compactMap(\.pixelSpacing)
        guard !all.isEmpty else { return nil }
        return SIMD2(all.map(\.x).sorted()[all.count / 2], all.map(\.y).sorted()[all.count / 2])
    }

    private static func median(_ vectors: [SIMD3<Double>]) -> SIMD3<Double>? {
        guard !vectors.isEmpty else { return nil }
        func middle(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
        return SIMD3(middle(vectors.map(\.x)), middle(vectors.map(\.y)), middle(vectors.map(\.z)))
    }

    /// The slices by position along a normal; where several share one, by instance number and path.
    func sortedSlices(along normal: SIMD3<Double>) -> [DICOMSlice] {
        files.compactMap { file in file.imagePosition.map { DICOMSlice(file: file, position: $0, offset: $0.dot(normal)) } }
            .sorted { left, right in
                if left.offset != right.offset { return left.offset < right.offset }
                let numbers = (left.file.instanceNumber ?? .max, right.file.instanceNumber ?? .max)
                return numbers.0 == numbers.1 ? left.file.path < right.file.path : numbers.0 < numbers.1
            }
    }

    /// Whether the positions alone make one regular grid without gaps and shared places.
    var isRegularGrid: Bool {
        guard files.count > 1, let axes, let pixelSpacing else { return false }
        return
            (try? DICOMSliceGrid(slices: sortedSlices(along: axes.column(2)), normal: axes.column(2), pixelSpacing: pixelSpacing.min())
            .spacing()) != nil
    }
}

/// A slice and where it lies.
struct DICOMSlice {
    let file: DICOMFileHeader
    /// The centre of its first pixel, LPS, mm.
    let position: SIMD3<Double>
    /// That position along the normal, mm.
    let offset: Double
}
