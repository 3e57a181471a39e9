import Files
import Tensors

/// A BMP file's bytes, uncompressed: its header read, its pixels still to come. Microsoft's BITMAPFILEHEADER and BITMAPINFOHEADER to V5.
struct BMPPicture: Picture {
    let path: String
    private let bytes: [UInt8]
    let width: Int
    let height: Int
    let samples: Int
    let type: VoxelType = .uint8
    private let depth: Int
    private let firstPixel: Int
    private let isTopDown: Bool
    /// Where red, green, blue and alpha are among a pixel's bytes, as many as there are samples.
    private let order: [Int]
    /// Colours of a palette as red, green, blue; nil where values are samples, or the palette is a ramp of grey.
    private let palette: [[UInt8]]?

    init(path: String) throws(Problem) {
        self.path = path
        bytes = try pictureBytes(path)
        guard bytes.count >= 54, bytes[0] == UInt8(ascii: "B"), bytes[1] == UInt8(ascii: "M"), Self.word(bytes, 14) >= 40 else {
            throw .damaged(path: path, reason: "it does not begin with the header of a BMP file")
        }
        let stored = Int(Int32(bitPattern: UInt32(Self.word(bytes, 22))))
        width = Int(Int32(bitPattern: UInt32(Self.word(bytes, 18))))
        height = abs(stored)
        isTopDown = stored < 0
        depth = Int(bytes[28]) | Int(bytes[29]) << 8
        firstPixel = Self.word(bytes, 10)
        let compression = Self.word(bytes, 30)
        guard compression == 0 || compression == 3 && depth == 32 else {
            throw .unsupported(path: path, reason: "it is compressed (BMP method \(compression)); save it uncompressed")
        }
        guard [1, 4, 8, 24, 32].contains(depth) else {
            throw .unsupported(path: path, reason: "it has \(depth) bits per pixel; 1, 4, 8, 24 and 32 are read")
        }
        order = try depth == 32 ? Self.masked(bytes, hasMasks: compression == 3, path: path) : [2, 1, 0]
        palette = depth <= 8 ? try Self.palette(of: bytes, depth: depth, end: firstPixel, path: path) : nil
        samples = depth > 8 ? order.count : palette == nil ? 1 : 3
        guard width > 0, height > 0, width < 1 << 24, height < 1 << 24, firstPixel + stride * height <= bytes.count else {
            throw .damaged(path: path, reason: "its header declares \(width) × \(height) pixels, more than its \(bytes.count) bytes hold")
        }
    }

    /// Bytes of a row, which end on four.
    private var stride: Int { (width * depth + 31) / 32 * 4 }

    func pixels() throws(Problem) -> StoredVoxels {
        var pixels = Buffer<UInt8>(uninitializedCount: width * height * samples, hugePages: false)
        var target = pixels.mutableSpan
        for y in 0..<height {
            let row = firstPixel + (isTopDown ? y : height - 1 - y) * stride
            var place = y * width * samples
            for x in 0..<width {
                for sample in 0..<samples { target[place + sample] = value(x, row: row, sample: sample) }
                place += samples
            }
        }
        return StoredVoxels(type: type, interleaved: samples, bytes: pixels)
    }

    private func value(_ x: Int, row: Int, sample: Int) -> UInt8 {
        guard depth <= 8 else { return bytes[row + x * (depth / 8) + order[sample]] }
        let perByte = 8 / depth
        let byte = Int(bytes[row + x / perByte])
        let index = byte >> (8 - depth * (x % perByte + 1)) & (1 << depth - 1)
        guard let palette else { return UInt8(index) }
        return index < palette.count ? palette[index][sample] : 0
    }

    /// The file of a planar label map of bytes: 8 bits with a ramp of grey.
    static func encoded(_ labels: borrowing StoredLabels, path: String) throws(Problem) -> [UInt8] {
        guard labels.labelSize == 1 else {
            throw .unwritable(path: path, reason: "BMP holds labels below 255, and there are larger ones; use .png")
        }
        let (width, height) = (labels.size.x, labels.size.y)
        let stride = (width + 3) / 4 * 4
        func number(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
        var file: [UInt8] = [UInt8(ascii: "B"), UInt8(ascii: "M")] + number(1078 + stride * height) + number(0) + number(1078)
        file += number(40) + number(width) + number(height) + [1, 0, 8, 0] + number(0) + number(stride * height)
        file += number(3780) + number(3780) + number(256) + number(256)
        for grey in 0...UInt8.max { file += [grey, grey, grey, 0] }
        let voxels = labels.bytes.span
        for y in (0..<height).reversed() {
            for x in 0..<width { file.append(voxels[y * width + x]) }
            file += [UInt8](repeating: 0, count: stride - width)
        }
        return file
    }

    private static func word(_ bytes: [UInt8], _ place: Int) -> Int {
        (0..<4).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
    }

    /// Where the samples of 32 bits are: blue, green, red and a byte without meaning, or as masks say.
    private static func masked(_ bytes: [UInt8], hasMasks: Bool, path: String) throws(Problem) -> [Int] {
        guard hasMasks else { return [2, 1, 0] }
        guard bytes.count >= 70 else { throw .damaged(path: path, reason: "it ends within its header") }
        let hasAlpha = word(bytes, 14) >= 56
        let masks = (0..<(hasAlpha ? 4 : 3)).map { word(bytes, 54 + 4 * $0) }.filter { $0 != 0 }
        let places = masks.compactMap { mask in (0..<4).first { 0xFF << (8 * $0) == mask } }
        guard places.count == masks.count, Set(places).count == places.count, places.count >= 3 else {
            throw .unsupported(path: path, reason: "its colours are not of 8 bits each")
        }
        return places
    }

    /// The colours behind the header; nil for the ramp of grey that makes values of indices.
    private static func palette(of bytes: [UInt8], depth: Int, end: Int, path: String) throws(Problem) -> [[UInt8]]? {
        let start = 14 + word(bytes, 14)
        let declared = word(bytes, 46)
        let count = declared == 0 ? 1 << depth : declared
        guard count <= 256, start + 4 * count <= min(end, bytes.count) else {
            throw .damaged(path: path, reason: "its palette of \(count) colours ends beyond its header")
        }
        let colours = (0..<count).map { [bytes[start + 4 * $0 + 2], bytes[start + 4 * $0 + 1], bytes[start + 4 * $0]] }
        // Black and white are 0 and 1.
        let ramp = count == 2 && depth == 1 ? [0, 255] : Array(0..<count)
        return zip(colours, ramp).allSatisfy { colour, grey in colour.allSatisfy { Int($0) == grey } } ? nil : colours
    }
}
