import Files

extension DICOMSeriesCandidate {
    /// Whether the slices are known to be all of the series.
    ///
    /// Damaged files speak against it, and so do numbers that the files carry: Images in Acquisition (0020,1002) of images that are not
    /// derived, Number of Series Related Instances (0020,1209), Number of Slices (0054,0081), Philips' (2001,1018) and GE's (0021,104F),
    /// Instance Numbers (0020,0013) with a gap, and Spacing Between Slices (0018,0088) where slices are numbered in steps. Where a count
    /// agrees, the series is known to be whole; numbers without a gap alone say nothing, because those of its first half have none either.
    package var wholeness: DICOMWholeness {
        wholeness(sliceCount: sliceCount)
    }

    /// How many different positions along the normal the slices have.
    package var sliceCount: Int {
        places.count
    }

    /// The files by position along the normal, those of one position together; each by itself where there is no orientation.
    private var places: [[DICOMFileHeader]] {
        guard let axes else { return files.map { [$0] } }
        let slices = sortedSlices(along: axes.column(2))
        let tolerance = DICOMTolerance.slicePosition(spacing: DICOMSliceGrid.typicalStep(slices.map(\.offset)))
        var found: [[DICOMFileHeader]] = []
        for index in slices.indices {
            if index > 0, slices[index].offset - slices[index - 1].offset <= tolerance {
                found[found.count - 1].append(slices[index].file)
            } else {
                found.append([slices[index].file])
            }
        }
        return found
    }

    /// The same where the number of different slices is known.
    func wholeness(sliceCount: Int) -> DICOMWholeness {
        if let damage { return .contradicted(damage) }
        if let gap = gapInNumbers { return .contradicted(gap) }
        if let steps = stepsOverSlices { return .contradicted(steps) }
        var agreeing: String?
        // GE counts in Images in Acquisition what it then sends in several series; its number of slices is right.
        let isCounted = slicesAnnounced == sliceCount
        for (name, count, present) in counts(sliceCount: sliceCount, withAcquisitions: !isCounted) {
            if present + otherCount < count {
                return .contradicted("\(name) says \(count), and \(present) \(present == 1 ? "is" : "are") there")
            }
            if present == count || present + otherCount == count { agreeing = agreeing ?? "\(name) says \(count), and so many are there" }
        }
        return agreeing.map(DICOMWholeness.known) ?? .assumed
    }

    /// The damaged files, in words; nil where there are none.
    var damage: String? {
        guard let first = damagedFiles.first else { return nil }
        return "\(ForeignText.marked(first.path)), which may be one of its slices, \(first.reason)"
            + (damagedFiles.count > 1 ? " (and \(damagedFiles.count - 1) more such files)" : "")
    }

    /// What the files announce: the attribute's name, its number, and how many of what it counts are there.
    private func counts(sliceCount: Int, withAcquisitions: Bool) -> [(name: String, count: Int, present: Int)] {
        var found: [(name: String, count: Int, present: Int)] = []
        let announced = files.map(\.announced)
        if let count = Self.agreed(announced.map(\.instancesInSeries)), seriesInstanceUIDs.count == 1 {
            found.append(("Number of Series Related Instances (0020,1209)", count, Set(files.map(\.sopInstanceUID)).count))
        }
        if let count = slicesAnnounced { found.append(("the number of slices", count, sliceCount)) }
        if withAcquisitions, files.allSatisfy(\.isOriginal) {
            for (number, members) in Dictionary(grouping: files, by: \.acquisitionNumber).sorted(by: { ($0.key ?? 0) < ($1.key ?? 0) }) {
                guard let count = Self.agreed(members.map(\.announced.imagesInAcquisition)) else { continue }
                let present = members.count == files.count ? sliceCount : Set(members.map(\.sopInstanceUID)).count
                let which = number.map { " of acquisition \($0)" } ?? ""
                found.append(("Images in Acquisition (0020,1002)\(which)", count, present))
            }
        }
        return found
    }

    private var slicesAnnounced: Int? {
        files.allSatisfy(\.isOriginal) ? Self.agreed(files.map(\.announced.slices)) : nil
    }

    /// The number that all files give that give one; nil where none does, or where they differ.
    private static func agreed(_ numbers: [Int?]) -> Int? {
        let given = Set(numbers.compactMap(\.self))
        return given.count == 1 ? given.first : nil
    }

    /// Slices that lie several times as far apart as they say, and are numbered in steps as wide: those between are missing.
    private var stepsOverSlices: String? {
        guard let normal = axes?.column(2), let stated = files[0].spacingBetweenSlices, stated > 0,
            files.allSatisfy({ $0.spacingBetweenSlices == stated })
        else { return nil }
        let slices = sortedSlices(along: normal)
        let step = DICOMSliceGrid.typicalStep(slices.map(\.offset))
        let multiple = (step / stated).rounded()
        let numbers = slices.compactMap(\.file.instanceNumber)
        guard slices.count > 2, multiple >= 2, abs(step - multiple * stated) <= DICOMTolerance.slicePosition(spacing: step),
            numbers.count == slices.count, zip(numbers, numbers.dropFirst()).allSatisfy({ abs($1 - $0) == Int(multiple) })
        else { return nil }
        return "its slices lie \(DICOMSliceGrid.text(step)) mm apart and are numbered in steps of \(Int(multiple)), but "
            + "\(DICOMTag.spacingBetweenSlices.named) says \(DICOMSliceGrid.text(stated)) mm: those between are missing"
    }

    /// A few numbers missing among Instance Numbers that otherwise follow one another; of files at one position the lowest number counts,
    /// because copies have numbers of their own.
    private var gapInNumbers: String? {
        let places = places
        let numbers = Set(places.compactMap { $0.compactMap(\.instanceNumber).min() }).sorted()
        guard numbers.count == places.count, let low = numbers.first, let high = numbers.last else { return nil }
        // Steps of two and more everywhere are a way of numbering; the others are those of objects that are no slices.
        guard zip(numbers, numbers.dropFirst()).contains(where: { $1 - $0 == 1 }), high - low < 2 * numbers.count else { return nil }
        let present = Set(files.compactMap(\.instanceNumber)).union(otherNumbers)
        let missing = (low...high).filter { !present.contains($0) }
        guard !missing.isEmpty, 2 * missing.count <= numbers.count else { return nil }
        let named = missing.prefix(6).map(String.init).joined(separator: ", ") + (missing.count > 6 ? ", …" : "")
        return "its Instance Numbers run from \(low) to \(high), and \(named) \(missing.count == 1 ? "is" : "are") missing"
    }
}

extension DICOMFileHeader {
    /// Whether the image is not computed from others, whose counts it may have kept.
    fileprivate var isOriginal: Bool { imageType.first?.uppercased() != "DERIVED" }
}

/// Whether the slices of a series are known to be all of them. A gap-free grid alone proves nothing: the first half of a series is one.
package enum DICOMWholeness: Sendable, Equatable {
    /// The files say how many there should be, and so many are there; which attribute says so, as a clause.
    case known(String)
    /// Nothing speaks against it, and nothing says it.
    case assumed
    /// Something is missing; what shows it, as a clause that names files or numbers.
    case contradicted(String)
}
