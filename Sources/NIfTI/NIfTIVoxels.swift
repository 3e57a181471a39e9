import Compression
import Files
import Imaging

/// Voxels that can't be computed with.
struct UnusableVoxels: Sendable, Equatable {
    /// NaN or infinite in the file.
    var notFinite = 0
    /// Finite in the file, but beyond float32.
    var tooLarge = 0

    static func += (sum: inout UnusableVoxels, other: UnusableVoxels) {
        sum.notFinite += other.notFinite
        sum.tooLarge += other.tooLarge
    }
}

/// How stored values become float32: the arithmetic of ITK or of nibabel, operation by operation.
struct VoxelConversion: Sendable {
    let datatype: NIfTIDatatype
    let isByteSwapped: Bool
    /// nil: values are taken as they are.
    let scaling: (slope: Double, intercept: Double)?
    private let followsNibabel: Bool
    /// Whether what is NaN or infinite in the file counts as 0, before scaling. ITK's reader always has it so.
    private let zeroesNotFinite: Bool

    init(
        header: NIfTIHeader, datatype: NIfTIDatatype, followsNibabel: Bool, zeroesNotFinite: Bool, path: String
    ) throws(Problem) {
        self.datatype = datatype
        self.zeroesNotFinite = zeroesNotFinite || !followsNibabel
        isByteSwapped = header.form.isByteSwapped
        self.followsNibabel = followsNibabel
        let isSlopeUsable = header.slope.isFinite && header.slope != 0
        if followsNibabel {
            guard !isSlopeUsable || header.intercept.isFinite else {
                throw .damaged(path: path, reason: "its header scales voxels by an intercept that is not finite")
            }
            scaling = isSlopeUsable ? (header.slope, header.intercept) : nil
        } else {
            // ITK keeps the intercept where the slope is 0.
            let slope = isSlopeUsable && abs(header.slope) >= Double.ulpOfOne ? header.slope : 1
            let intercept = header.intercept.isFinite ? header.intercept : 0
            let isNeeded = abs(slope - 1) > Double.ulpOfOne || abs(intercept) > Double.ulpOfOne
            scaling = isNeeded ? (slope, intercept) : nil
        }
    }

    /// Converts stored voxels; counts those that are not finite, in the file or as float32.
    func convert(_ raw: RawSpan, to target: inout MutableSpan<Float>) -> UnusableVoxels {
        switch datatype {
        case .uint8: convert(raw, as: UInt8.self, isInteger: true, to: &target)
        case .int8: convert(raw, as: Int8.self, isInteger: true, to: &target)
        case .uint16: convert(raw, as: UInt16.self, isInteger: true, to: &target)
        case .int16: convert(raw, as: Int16.self, isInteger: true, to: &target)
        case .uint32: convert(raw, as: UInt32.self, isInteger: true, to: &target)
        case .int32: convert(raw, as: Int32.self, isInteger: true, to: &target)
        case .uint64: convert(raw, as: UInt64.self, isInteger: true, to: &target)
        case .int64: convert(raw, as: Int64.self, isInteger: true, to: &target)
        case .float32: convert(raw, as: Float.self, isInteger: false, to: &target)
        case .float64: convert(raw, as: Double.self, isInteger: false, to: &target)
        }
    }

    /// Takes stored voxels that are labels as they are; false where they must be converted first.
    func copyLabels(_ raw: RawSpan, to labels: inout MutableSpan<UInt16>) -> Bool {
        guard scaling == nil, !isByteSwapped else { return false }
        // Loads are unchecked: the counts agree.
        switch datatype {
        case .uint8:
            precondition(raw.byteCount == labels.count)
            for i in labels.indices {
                labels[unchecked: i] = UInt16(raw.unsafeLoadUnaligned(fromUncheckedByteOffset: i, as: UInt8.self))
            }
        case .uint16:
            precondition(raw.byteCount == 2 * labels.count)
            for i in labels.indices {
                labels[unchecked: i] = raw.unsafeLoadUnaligned(fromUncheckedByteOffset: 2 * i, as: UInt16.self)
            }
        default: return false
        }
        return true
    }

    @inline(__always)
    private func convert<Voxel: StoredVoxel>(
        _ raw: RawSpan, as type: Voxel.Type, isInteger: Bool, to target: inout MutableSpan<Float>
    ) -> UnusableVoxels {
        let size = MemoryLayout<Voxel>.size
        precondition(raw.byteCount == target.count * size)
        // Loads are unchecked: the counts agree.
        if isByteSwapped {
            return convert(to: &target, isInteger: isInteger) {
                raw.unsafeLoadUnaligned(fromUncheckedByteOffset: $0 * size, as: type).swapped
            }
        }
        return convert(to: &target, isInteger: isInteger) { raw.unsafeLoadUnaligned(fromUncheckedByteOffset: $0 * size, as: type) }
    }

    @inline(__always)
    private func convert<Voxel: StoredVoxel>(
        to target: inout MutableSpan<Float>, isInteger: Bool, value: (Int) -> Voxel
    ) -> UnusableVoxels {
        let count = target.count
        var (notFinite, overflowing) = (0, 0)
        if let scaling {
            let narrowsFirst = isInteger && !followsNibabel
            for i in 0..<count {
                let stored = value(i)
                var number = narrowsFirst ? Double(stored.float) : stored.double
                let isFinite = stored.isFinite
                if zeroesNotFinite && !isFinite { number = 0 }
                let result = Float(number * scaling.slope + scaling.intercept)
                notFinite &+= isFinite ? 0 : 1
                overflowing &+= isFinite && !result.isFinite ? 1 : 0
                target[i] = result
            }
        } else if isInteger {
            if followsNibabel {
                for i in 0..<count { target[i] = Float(value(i).double) }
            } else {
                for i in 0..<count { target[i] = value(i).float }
            }
        } else {
            for i in 0..<count {
                let stored = value(i)
                let result = stored.float
                notFinite &+= stored.isFinite ? 0 : 1
                overflowing &+= stored.isFinite && !result.isFinite ? 1 : 0
                target[i] = stored.isFinite || !zeroesNotFinite ? result : 0
            }
        }
        return UnusableVoxels(notFinite: notFinite, tooLarge: overflowing)
    }
}
