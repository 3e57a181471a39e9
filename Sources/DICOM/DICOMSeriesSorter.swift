import Files

/// Sorts slices into series: by UID, within a UID by shape, and across UIDs where the slices prove that an anonymiser broke them.
struct DICOMSeriesSorter {
    /// By series number, then in the order of their first slices.
    private(set) var series: [DICOMSeriesCandidate] = []
    /// Slices that are not of one shape with the many others of their series, such as scouts, and why.
    private(set) var setAside: [(header: DICOMFileHeader, reason: String)] = []

    init(_ slices: [DICOMFileHeader]) {
        var stacks: [String: [DICOMSeriesCandidate]] = [:]
        var order: [String] = []
        for header in slices {
            let key = header.seriesKey
            if stacks[key] == nil { order.append(key) }
            if let index = stacks[key]?.firstIndex(where: { $0.files[0].hasShape(of: header) && $0.sharesFrame(with: header) }) {
                stacks[key]?[index].add(header)
            } else {
                stacks[key, default: []].append(DICOMSeriesCandidate(first: header))
            }
        }
        for key in order { settle(stacks[key] ?? []) }
        series = DICOMSeriesMerger.merged(series).enumerated().sorted { left, right in
            let numbers = (left.element.seriesNumber ?? .max, right.element.seriesNumber ?? .max)
            return numbers.0 == numbers.1 ? left.offset < right.offset : numbers.0 < numbers.1
        }.map(\.element)
    }

    /// Makes series of the stacks that one UID has: the largest, those that could stand beside it, and none of the rest.
    private mutating func settle(_ stacks: [DICOMSeriesCandidate]) {
        let largest = stacks.indices.max { stacks[$0].files.count < stacks[$1].files.count } ?? 0
        var main = stacks[largest]
        let isOfLoneSlices = main.files.count == 1
        var others: [DICOMSeriesCandidate] = []
        for (index, stack) in stacks.enumerated() where index != largest {
            let differences = stack.files[0].differences(from: main.files[0]).joined(separator: ", ")
            if isOfLoneSlices {
                // As many shapes as slices: no volume, and no series of one slice each either.
                main.join(
                    stack, misfit: .init(reason: "no two of its slices are alike: \(differences)", advice: "send the slices of one volume"))
            } else if main.continues(with: stack) || main.takesTurns(withTurned: stack) {
                main.join(
                    stack,
                    misfit: .init(
                        reason:
                            "\(ForeignText.marked(stack.files[0].path)) lies in line with its slices but is not like them: \(differences)",
                        advice: "export the series again, or leave out what is none of it"))
            } else if stack.isFew(beside: main.files.count) {
                setAside += stack.files.map { file in
                    (
                        file,
                        "is not like the \(main.files.count) other slices of its series: \(file.differences(from: main.files[0]).joined(separator: ", "))"
                    )
                }
            } else {
                others.append(stack)
            }
        }
        series += [main] + others
    }
}

extension DICOMSeriesCandidate {
    /// Whether there are too few slices to be a volume beside one of `count` slices: fewer than five or a tenth, and not half as many.
    package func isFew(beside count: Int) -> Bool {
        2 * files.count < count && (files.count < 5 || 10 * files.count <= count)
    }

    /// Whether a header's Frame of Reference UID is that of the files, where both have one.
    fileprivate func sharesFrame(with header: DICOMFileHeader) -> Bool {
        guard let frame = header.frameOfReferenceUID, let own = files.lazy.compactMap(\.frameOfReferenceUID).first else { return true }
        return frame == own
    }

    /// Whether slices in the same planes, but turned or mirrored in them, lie evenly between these: their centres make one grid.
    fileprivate func takesTurns(withTurned other: DICOMSeriesCandidate) -> Bool {
        guard files.count > 1, other.files.count > 1, let normal = axes?.column(2), let others = other.axes?.column(2),
            abs(normal.dot(others)) > 1 - DICOMTolerance.directionCosine
        else { return false }
        let (own, turned) = (files.compactMap(\.centre), other.files.compactMap(\.centre))
        let centres = (own + turned).sorted { $0.dot(normal) < $1.dot(normal) }
        guard own.count == files.count, turned.count == other.files.count, let first = centres.first, let last = centres.last else {
            return false
        }
        let step = (last - first) / Double(centres.count - 1)
        let tolerance = DICOMTolerance.slicePosition(spacing: step.length)
        let isEven = centres.indices.allSatisfy { abs((centres[$0] - first - step * Double($0)).dot(normal)) <= tolerance }
        let (low, high) = (turned.map { $0.dot(normal) }.min() ?? 0, turned.map { $0.dot(normal) }.max() ?? 0)
        return isEven && step.length > tolerance && own.contains { $0.dot(normal) > low && $0.dot(normal) < high }
    }

    /// Whether parallel slices of another shape or frame lie where the next or missing slices of these would.
    fileprivate func continues(with other: DICOMSeriesCandidate) -> Bool {
        guard files[0].isParallel(to: other.files[0], within: DICOMTolerance.stackAngle) else { return false }
        var union = self
        union.join(other)
        return union.isRegularGrid
    }
}

extension DICOMFileHeader {
    /// What slices of one series share: its UID, or what an anonymiser that took the UID away has left.
    fileprivate var seriesKey: String {
        guard seriesInstanceUID.isEmpty else { return seriesInstanceUID }
        return "without UID \(studyInstanceUID) \(seriesNumber.map(String.init) ?? "") \(frameOfReferenceUID ?? "")"
    }

    /// Whether two slices can lie in one stack: kind and size are equal, pixel spacing and orientation nearly so.
    func hasShape(of other: DICOMFileHeader) -> Bool {
        guard sopClassUID == other.sopClassUID, rows == other.rows, columns == other.columns else { return false }
        return hasSpacing(of: other) && isParallel(to: other, within: DICOMTolerance.stackAngle)
    }

    private func hasSpacing(of other: DICOMFileHeader) -> Bool {
        guard let spacing = pixelSpacing, let others = other.pixelSpacing else { return false }
        return (spacing / others - 1).largestMagnitude <= DICOMTolerance.stackPixelSpacing
    }

    /// Of the image, LPS, mm; nil without position, orientation or spacing.
    fileprivate var centre: SIMD3<Double>? {
        guard let imagePosition, let rowDirection, let columnDirection, let pixelSpacing else { return nil }
        return imagePosition + rowDirection * (pixelSpacing.y * Double(columns - 1) / 2)
            + columnDirection * (pixelSpacing.x * Double(rows - 1) / 2)
    }

    /// Whether no direction cosine differs by more than a tolerance.
    func isParallel(to other: DICOMFileHeader, within tolerance: Double) -> Bool {
        guard let row = rowDirection, let column = columnDirection, let otherRow = other.rowDirection,
            let otherColumn = other.columnDirection
        else { return false }
        return max((row - otherRow).largestMagnitude, (column - otherColumn).largestMagnitude) <= tolerance
    }

    /// What keeps two slices from lying in one volume, each as "Rows is 20 instead of 24".
    func differences(from other: DICOMFileHeader) -> [String] {
        var found: [String] = []
        func compare(_ name: String, _ own: String, _ others: String, isNumber: Bool = false) {
            guard own != others, !own.isEmpty, !others.isEmpty else { return }
            let shown = isNumber ? [own, others] : [own, others].map { ForeignText.marked($0) }
            found.append("\(name) is \(shown[0]) instead of \(shown[1])")
        }
        compare("SOP Class UID", sopClassUID, other.sopClassUID)
        compare("Rows", "\(rows)", "\(other.rows)", isNumber: true)
        compare("Columns", "\(columns)", "\(other.columns)", isNumber: true)
        if !hasSpacing(of: other) { compare("Pixel Spacing", spacingText, other.spacingText, isNumber: true) }
        if !isParallel(to: other, within: DICOMTolerance.stackAngle) {
            compare("Image Orientation (Patient)", orientationText, other.orientationText, isNumber: true)
        }
        compare("Frame of Reference UID", frameOfReferenceUID ?? "", other.frameOfReferenceUID ?? "")
        compare("Study Instance UID", studyInstanceUID, other.studyInstanceUID)
        compare("Series Number", seriesNumber.map(String.init) ?? "", other.seriesNumber.map(String.init) ?? "", isNumber: true)
        return found
    }

    private var spacingText: String { pixelSpacing.map { "\(DICOMDecimal.text($0.x))/\(DICOMDecimal.text($0.y))" } ?? "" }

    private var orientationText: String {
        [rowDirection, columnDirection].compactMap(\.self).map { DICOMDecimal.text($0).replacing("\\", with: "/") }.joined(separator: "/")
    }
}

extension SIMD where Scalar == Double {
    /// The largest absolute value of the elements.
    var largestMagnitude: Double { Swift.max(self.max(), -self.min()) }
}
