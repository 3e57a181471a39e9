import Foundation

/// A NIfTI-1 or NIfTI-2 file made field by field, so that a test can say exactly what its header holds, sense or nonsense.
struct TinyNIfTI {
    var version = 1
    var isBigEndian = false
    var dim: [Int] = [3, 2, 3, 4, 1, 1, 1, 1]
    var datatype = 2
    var pixdim: [Double] = [1, 1, 1, 1, 1, 1, 1, 1]
    var voxelOffset: Double?
    var slope = 0.0
    var intercept = 0.0
    var units = 2
    var intent = 0
    var qformCode = 0
    var sformCode = 0
    var quaternion: [Double] = [0, 0, 0]
    var quaternionOffset: [Double] = [0, 0, 0]
    var rows: [Double] = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]
    var magic: [UInt8]?
    var voxels = Data((0..<24).map { UInt8($0) })

    /// x to the left, y to anterior, z to superior; 0.7, 0.7, 3 mm.
    static let usualRows: [Double] = [-0.7, 0, 0, 10, 0, 0.7, 0, 20, 0, 0, 3, 30]
    static let usualDistances: [Double] = [1, 0.7, 0.7, 3, 1, 1, 1, 1]

    /// A file whose sform says where it lies.
    static var usual: TinyNIfTI { TinyNIfTI(pixdim: usualDistances, sformCode: 1, rows: usualRows) }

    /// Header, four bytes without extensions, voxels.
    var data: Data {
        var data = Data()
        if version == 1 {
            append(348 as Int32, to: &data)
            data.append(Data(count: 36))
            for size in dim { append(Int16(truncatingIfNeeded: size), to: &data) }
            data.append(Data(count: 12))
            for number in [intent, datatype, 8, 0] { append(Int16(number), to: &data) }
            for number in pixdim { append(Float(number).bitPattern, to: &data) }
            for number in [voxelOffset ?? 352, slope, intercept] { append(Float(number).bitPattern, to: &data) }
            data.append(contentsOf: [0, 0, 0, UInt8(units)])
            data.append(Data(count: 128))
            for number in [qformCode, sformCode] { append(Int16(number), to: &data) }
            for number in quaternion + quaternionOffset + rows { append(Float(number).bitPattern, to: &data) }
            data.append(Data(count: 16))
            data.append(contentsOf: magic ?? Array("n+1\0".utf8))
        } else {
            append(540 as Int32, to: &data)
            data.append(contentsOf: magic ?? Array("n+2\0\r\n".utf8) + [0x1a, 0x0a])
            for number in [datatype, 8] { append(Int16(number), to: &data) }
            for size in dim { append(Int64(size), to: &data) }
            data.append(Data(count: 24))
            for number in pixdim { append(number.bitPattern, to: &data) }
            append(Int64(voxelOffset ?? 544), to: &data)
            for number in [slope, intercept] { append(number.bitPattern, to: &data) }
            data.append(Data(count: 32 + 16 + 80 + 24))
            for number in [qformCode, sformCode] { append(Int32(number), to: &data) }
            for number in quaternion + quaternionOffset + rows { append(number.bitPattern, to: &data) }
            for number in [0, units, intent] { append(Int32(number), to: &data) }
            data.append(Data(count: 16 + 1 + 15))
        }
        data.append(Data(count: 4))
        return data + voxels
    }

    /// Voxels of a number type, in the file's byte order.
    mutating func setVoxels<Number: FixedWidthInteger>(_ numbers: [Number], datatype code: Int) {
        datatype = code
        voxels = Data()
        for number in numbers { append(number, to: &voxels) }
        voxels.append(Data(count: max(0, (24 - numbers.count) * MemoryLayout<Number>.size)))
    }

    /// Writes the file and gives its path.
    func write(to path: String) throws -> String {
        try data.write(to: URL(filePath: path))
        return path
    }

    private func append<Number: FixedWidthInteger>(_ number: Number, to data: inout Data) {
        withUnsafeBytes(of: isBigEndian ? number.bigEndian : number.littleEndian) { data.append(contentsOf: $0) }
    }
}
