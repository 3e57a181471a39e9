import Files
import TestSupport
import Testing
import TrainedModels

@Suite struct TensorViewTests {
    @Test func `every float16 widens to the float32 of the same value`() throws {
        let patterns = (0...UInt16.max).map(\.self)
        let values = try read("HalfStorage", patterns.flatMap { bytes($0) }, size: 2, shape: [65536], strides: [1])
        for (pattern, value) in zip(patterns, values) {
            let expected = Float(Float16(bitPattern: pattern))
            #expect(expected.isNaN ? value.isNaN : value.bitPattern == expected.bitPattern)
        }
    }

    @Test func `a bfloat16 is the upper half of a float32`() throws {
        let values: [Float] = [1, -2.5, 0x1p-126, 0, .greatestFiniteMagnitude]
        let content = values.flatMap { bytes(UInt16($0.bitPattern >> 16)) }
        let read = try read("BFloat16Storage", content, size: 2, shape: [5], strides: [1])
        #expect(read.prefix(4) == values.prefix(4))
        #expect(read[4].bitPattern == 0x7F7F_0000)
    }

    @Test(
        arguments: [
            ("DoubleStorage", bytes((-1.5).bitPattern), 8, -1.5), ("LongStorage", bytes(Int64(-7)), 8, -7),
            ("IntStorage", bytes(Int32(-8)), 4, -8),
            ("ShortStorage", bytes(Int16(-9)), 2, -9), ("CharStorage", bytes(Int8(-10)), 1, -10), ("ByteStorage", [200], 1, 200),
            ("BoolStorage", [1], 1, 1), ("FloatStorage", bytes(Float(0.25).bitPattern), 4, 0.25),
        ] as [(String, [UInt8], Int, Float)]) func `each number type is converted to float32`(
            _ type: String, _ content: [UInt8], _ size: Int, _ value: Float
        ) throws
    {
        #expect(try read(type, content, size: size, shape: [], strides: []) == [value])
        #expect(try read(type, content, size: size, shape: [1, 1], strides: [5, 7]) == [value])
    }

    @Test func `views with offsets and permuted strides are read in C order`() throws {
        let content = (0..<24).flatMap { bytes(Float($0).bitPattern) }
        #expect(try read("FloatStorage", content, size: 4, offset: 5, shape: [2, 3], strides: [3, 1]) == [5, 6, 7, 8, 9, 10])
        #expect(try read("FloatStorage", content, size: 4, shape: [3, 2], strides: [1, 3]) == [0, 3, 1, 4, 2, 5])
        #expect(try read("FloatStorage", content, size: 4, offset: 1, shape: [3], strides: [2]) == [1, 3, 5])
        // (2, 2, 3, 2) in channels-last memory
        let channelsLast = try read("FloatStorage", content, size: 4, shape: [2, 2, 3, 2], strides: [12, 1, 4, 2])
        #expect(
            channelsLast == [0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11].flatMap { [$0] } + [12, 14, 16, 18, 20, 22, 13, 15, 17, 19, 21, 23])
        #expect(try read("FloatStorage", content, size: 4, offset: 24, shape: [0, 3], strides: [3, 1]).isEmpty)
    }

    @Test(
        arguments: [
            (0, [25], [1], "in a storage of 24 values"), (1, [24], [1], "in a storage of 24 values"),
            (0, [2, 13], [12, 1], "a view of shape"),
            (-1, [1], [1], "a negative offset"), (0, [-1], [1], "a negative offset"), (23, [2], [-1], "a negative offset"),
            (0, [1 << 62, 1 << 62], [0, 0], "a view of shape"), (0, [3], [1 << 62], "a view of shape"),
            (.max, [2], [1], "a view of shape"), (0, [25], [0], "a view of shape"), (0, [2], [1, 1], "1 sizes and 2 strides"),
            (0, Array(repeating: 1, count: 17), Array(repeating: 1, count: 17), "17 axes"),
        ] as [(Int, [Int], [Int], String)]) func `a view that leaves its storage is refused`(
            _ offset: Int, _ shape: [Int], _ strides: [Int], _ reason: String
        ) throws
    {
        let content = [UInt8](repeating: 0, count: 96)
        let error = try #require(throws: Problem.self) {
            try read("FloatStorage", content, size: 4, offset: offset, shape: shape, strides: strides)
        }
        #expect(error.description.contains(reason), "\(error)")
    }

    @Test func `a number type that nnU-Net's weights never have is refused`() throws {
        let error = try #require(throws: Problem.self) {
            try read("ComplexFloatStorage", [UInt8](repeating: 0, count: 8), size: 8, shape: [1], strides: [1])
        }
        #expect(error.description.contains("the number type the Python name torch.ComplexFloatStorage"))
    }

    private func read(
        _ type: String, _ content: [UInt8], size: Int, offset: Int = 0, shape: [Int], strides: [Int]
    ) throws -> [Float] {
        var model = try TestModel()
        model.tensors = [("w", .init(type, content, size: size, offset: offset, shape: shape, strides: strides))]
        let file = try TemporaryFile(model.checkpoint())
        return try Checkpoint.open(path: file.path).weight("w", shape: shape)
    }
}
