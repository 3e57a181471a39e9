import Compression
package import Files
import Imaging
import Tensors

/// A NIfTI file of several volumes, such as the channels of a case of the Medical Segmentation Decathlon, each of which becomes a file.
///
/// The file is read front to back in small parts, so that memory does not grow with it.
package struct NIfTISeries {
    private let file: NIfTIFile
    private let grid: ITKGrid

    /// Reads the header.
    ///
    /// - Throws: `Problem` for a file that is damaged or holds no volume, as ITK counts dimensions.
    package init(path: String) throws(Problem) {
        file = try NIfTIFile(path: path)
        grid = try file.header.itkGrid(path: path)
        guard grid.dimensionCount > 2 else {
            throw .unsupported(path: path, reason: "it is planar, volumes are expected; save it as a volume of one slice")
        }
        try PresentedGrid(path: path, itk: grid, reorients: false).requirePlausible()
        try file.checkContent()
    }

    /// The number of volumes; nil for a file of three dimensions, which is one.
    package var volumeCount: Int? { grid.dimensionCount > 3 ? grid.channelCount : nil }

    /// Writes each volume as ITK would write it: of the stored type, or float32 where integers are scaled; on the grid of the whole.
    ///
    /// - Parameters:
    ///   - path: the file of a volume, counted from 0; compressed.
    ///   - isCancelled: asked for every part of a MiB.
    /// - Throws: `Problem` for a file that is damaged or shorter than its header says, and for one that can't be written. Volumes that were
    ///   whole before stay.
    package func write(to path: (_ volume: Int) -> String, isCancelled: () -> Bool) throws(Problem) {
        let voxels = grid.geometry.voxelCount
        var parts = ITKParts()
        var current: (file: AtomicFile, stream: GzipWriter)?
        _ = try file.forEachChunk(
            count: voxels * grid.channelCount, ofVolume: voxels, followsNibabel: false, zeroesNotFinite: true
        ) { raw, range, conversion throws(Problem) in
            guard !isCancelled() else { throw .cancelled }
            if current == nil { current = try begin(path(range.lowerBound / voxels), of: conversion.itkDatatype) }
            guard let volume = current else { return }
            try parts.give(raw, conversion) { bytes throws(Problem) in try volume.stream.write(bytes) }
            guard range.upperBound % voxels == 0 else { return }
            try volume.stream.finish()
            try volume.file.commit()
            current = nil
        }
    }

    private func begin(_ path: String, of datatype: NIfTIDatatype) throws(Problem) -> (file: AtomicFile, stream: GzipWriter) {
        let header = try itkHeader(grid.geometry, datatype: datatype, path: path)
        let file = try AtomicFile(path: path)
        let stream = try GzipWriter(file: file, level: 1)
        try stream.write(header)
        return (file, stream)
    }
}

/// Stored voxels on their way to what ITK holds.
private struct ITKParts: ~Copyable {
    private var words = Buffer<UInt8>(uninitializedCount: NIfTIFile.chunkSize)
    private var singles = Buffer<Float>(uninitializedCount: NIfTIFile.chunkSize)
    private var doubles = Buffer<Double>(uninitializedCount: NIfTIFile.chunkSize / 8)

    /// Gives the bytes of stored voxels as ITK holds them, in this machine's byte order.
    mutating func give(
        _ raw: RawSpan, _ conversion: VoxelConversion, to write: (RawSpan) throws(Problem) -> Void
    ) throws(Problem) {
        let count = raw.byteCount / conversion.datatype.size
        switch conversion.itkDatatype {
        case .float32:
            var all = singles.mutableSpan
            var values = all.part(0, count: count)
            _ = conversion.convert(raw, to: &values)
            try write(singles.span.part(0, count: count).bytes)
        case .float64:
            var all = doubles.mutableSpan
            var values = all.part(0, count: count)
            conversion.convert(raw, to: &values)
            try write(doubles.span.part(0, count: count).bytes)
        default:
            guard conversion.isByteSwapped else { return try write(raw) }
            var all = words.mutableSpan
            var bytes = all.part(0, count: raw.byteCount)
            conversion.reorder(raw, to: &bytes)
            try write(words.span.part(0, count: raw.byteCount).bytes)
        }
    }
}

extension VoxelConversion {
    /// The type that ITK holds the voxels in: the stored one, or float32 for integers that are scaled.
    fileprivate var itkDatatype: NIfTIDatatype { scaling == nil || datatype == .float64 ? datatype : .float32 }

    /// Converts stored float64; what is not finite becomes 0 before it is scaled.
    fileprivate func convert(_ raw: RawSpan, to target: inout MutableSpan<Double>) {
        precondition(raw.byteCount == 8 * target.count)
        for index in target.indices {
            let stored = raw.unsafeLoadUnaligned(fromByteOffset: 8 * index, as: Double.self)
            let value = isByteSwapped ? stored.swapped : stored
            let number = value.isFinite ? value : 0
            target[index] = scaling.map { number * $0.slope + $0.intercept } ?? number
        }
    }

    /// Reverses the bytes of each number.
    fileprivate func reorder(_ raw: RawSpan, to target: inout MutableSpan<UInt8>) {
        precondition(raw.byteCount == target.count && raw.byteCount % datatype.size == 0)
        for start in stride(from: 0, to: raw.byteCount, by: datatype.size) {
            for byte in 0..<datatype.size {
                target[start + byte] = raw.unsafeLoad(fromByteOffset: start + datatype.size - 1 - byte, as: UInt8.self)
            }
        }
    }
}
