import Files

extension DICOMProbe {
    /// What a file is to a series: a slice, another object, the remains of one, or nothing of DICOM's. Reads the header, not the pixels.
    ///
    /// That the pixel data are all there is part of it: their length against rows, columns and sample size, the fragments of a
    /// compressed image against the end of the file (PS3.5 annex A.4).
    package static func classify(path: String) -> DICOMFileKind {
        let kind = kindByContent(path: path)
        if case .damaged(let reason, nil) = kind, DICOMFileName(path: path).name.uppercased() == tableOfContents {
            return .stranger(reason: reason)
        }
        return kind
    }

    private static func kindByContent(path: String) -> DICOMFileKind {
        do throws(Problem) {
            var reader = DICOMDataSetReader(try DICOMByteSource(path: path))
            let dataSet: DICOMDataSet
            do throws(Problem) {
                dataSet = try reader.readDataSet()
            } catch {
                return error.kind == .foreign ? try remains(of: path) : kind(ofBroken: reader.partOfDataSet, error)
            }
            return kind(of: DICOMFileHeader(dataSet))
        } catch {
            return .damaged(reason: error.finding, seriesInstanceUID: nil)
        }
    }

    /// The name of a medium's table of contents, which is never a slice.
    private static let tableOfContents = "DICOMDIR"

    private static func kind(of header: DICOMFileHeader) -> DICOMFileKind {
        let uid = header.seriesInstanceUID.isEmpty ? nil : header.seriesInstanceUID
        if header.sopClassUID.isEmpty { return .damaged(reason: "has no SOP class: it may have been cut off", seriesInstanceUID: uid) }
        if DICOMStorageClass.isSlice(header.sopClassUID), let damage = header.pixelDamage {
            return .damaged(reason: damage, seriesInstanceUID: uid)
        }
        switch header.objection {
        case nil: return .slice(header)
        case .otherObject(let reason): return .other(header, reason: reason)
        case .unusable(let reason): return .unusable(header, reason: reason)
        }
    }

    /// A header that ends in an error: of an object that is known to be no slice nothing is missing here.
    private static func kind(ofBroken part: DICOMDataSet?, _ error: Problem) -> DICOMFileKind {
        guard let part else { return .damaged(reason: error.finding, seriesInstanceUID: nil) }
        if !part.sopClassUID.isEmpty, !DICOMStorageClass.isSlice(part.sopClassUID) {
            return .other(DICOMFileHeader(part), reason: error.finding)
        }
        return .damaged(reason: error.finding, seriesInstanceUID: part.text(.seriesInstanceUID))
    }

    /// A file without DICOM content: what is empty, zero or called like a DICOM file may have been one.
    private static func remains(of path: String) throws(Problem) -> DICOMFileKind {
        var source = try DICOMByteSource(path: path)
        let name = DICOMFileName(path: path)
        let isEmpty = source.count == 0
        let start = try source.bytes(min(source.count, DICOMByteSource.windowSize), at: 0)
        let isZero = start.allSatisfy { $0 == 0 }
        let reason = isEmpty ? "is empty" : isZero ? "holds nothing but zeros" : "is not a DICOM file"
        let wasDICOM = isEmpty || isZero ? !name.isOfAnotherKind : name.saysDICOM
        return wasDICOM ? .damaged(reason: reason, seriesInstanceUID: nil) : .stranger(reason: reason)
    }
}
