import Plans
import Preprocessing
import PythonFormats
import Testing
import TestSupport

struct ImageResamplingTests {
    private let column: [Float] = [0, 1, 4, 9, -3, 2]
    /// (5, 4, 3): i mod 7, to the power of 1.5.
    private let ramp = (0..<60).map { index -> Float in
        let value = Double(index % 7)
        return Float(value * value.squareRoot())
    }

    @Test func `linear resize equals scikit-image`() throws {
        let linear = ResamplingFunction(kind: .spline, order: 1, forceSeparateZ: false)
        let down = try resample(column, [1, 6, 1], to: [1, 4, 1], linear)
        #expect(down == [0.25, 3.25, 6, 0.75])
        let up = try resample(column, [1, 6, 1], to: [1, 12, 1], linear)
        #expect(up == [0, 0.25, 0.75, 1.75, 3.25, 5.25, 7.75, 6, 0, -1.75, 0.75, 2])
    }

    @Test func `cubic resize is an interpolating B-spline, clipped to the input's range`() throws {
        let cubic = ResamplingFunction(kind: .spline, order: 3, forceSeparateZ: false)
        let expected: [Int: [Double]] = [
            4: [0.17802675992554717, 2.5738461849824175, 6.558232750491031, 0.21699962723376892],
            9: [
                -0.06275667079719384, 0.42941179611707436, 1.181220676549677, 2.973134557303407, 8.114909362011803, 7.564962684160589,
                -1.6466928602883364, -1.820680727951858, 2.658812457254058,
            ],
            12: [
                -0.07883492198267374, 0.17802675992554717, 0.716090934250065, 1.2845333807192565, 2.5738461849824175, 6.058839717197428,
                9, 6.558232750491031, -0.6685684882635103, -3, 0.21699962723376892, 2.827600126155193,
            ],
        ]
        for (size, values) in expected {
            // The same line along each axis takes each of the three passes.
            #expect(largestDifference(try resample(column, [1, 6, 1], to: [1, size, 1], cubic), values) < 1e-6)
            #expect(largestDifference(try resample(column, [1, 1, 6], to: [1, 1, size], cubic), values) < 1e-6)
            #expect(largestDifference(try resample(column, [6, 1, 1], to: [size, 1, 1], cubic), values) < 1e-6)
        }
    }

    @Test(arguments: [
        ([6.0, 1, 1], [3.0, 0.8, 0.7], 12392.620667979121, [4.391068458557129, 4.391068458557129, 39.63435363769531]),
        ([2, 1, 1], [1, 0.8, 0.7], 11660.274718105793, [2.0849921703338623, 13.365476608276367, 36.41974639892578]),
    ])
    func `three axes together or with z apart give nnU-Net's values`(
        current: [Double], new: [Double], sum: Double, column: [Double]
    ) throws {
        let values = (0..<36).map { Float($0) * Float($0).squareRoot() }
        let result = try resample(values, [4, 3, 3], to: [7, 4, 5], current: current, new: new, ResamplingFunction(kind: .spline))
        #expect(abs(result.reduce(0) { $0 + Double($1) } - sum) < 1e-3)
        for (z, value) in column.enumerated() { #expect(abs(Double(result[(z * 4 + 1) * 5 + 2]) - value) < 1e-5) }
    }

    @Test func `values are clipped to the slice's range when z is apart and to the volume's otherwise`() throws {
        var values = [Float](repeating: 0, count: 3 * 6 * 6)
        for index in 0..<36 { values[index] = 100 }
        for (y, x) in [(2, 2), (2, 3), (3, 2), (3, 3)] { values[36 + y * 6 + x] = 1 }
        let function = ResamplingFunction(kind: .spline)
        let apart = try resample(values, [3, 6, 6], to: [3, 11, 11], current: [5, 1, 1], new: [5, 0.5, 0.5], function)
        #expect(apart[121..<242].max() == 1)
        let together = try resample(values, [3, 6, 6], to: [3, 11, 11], current: [1, 1, 1], new: [1, 0.5, 0.5], function)
        #expect(abs((together[121..<242].max() ?? 0) - 1.4423095) < 1e-6)
    }

    @Test func `the separate axis may be any of the three`() throws {
        let result = try resample(ramp, [5, 4, 3], to: [7, 6, 2], current: [1, 5, 1], ResamplingFunction(kind: .spline))
        let expected = [
            5.630415439605713, 10.64469051361084, 11.473422050476074, 0, 11.473422050476074, 0, 3.188807249069214, 7.5221757888793945,
            12.72666072845459, 3.358421564102173, 12.72666072845459, 3.358421564102173,
        ]
        #expect(largestDifference(Array(result[36..<48]), expected) < 1e-6)
        #expect(abs(result.reduce(0) { $0 + Double($1) } - 498.3237764239311) < 1e-4)
    }

    @Test(arguments: [
        (0, 494.10811400413513), (1, 497.082458332181), (2, 495.5701127797365), (3, 495.93418204039335),
        (4, 495.77979010436684), (5, 495.80256829969585),
    ])
    func `the plans choose the spline's order along a separate axis`(order: Int, sum: Double) throws {
        let function = ResamplingFunction(kind: order == 0 ? .torch : .spline, orderZ: order)
        let result = try resample(ramp, [5, 4, 3], to: [7, 6, 2], current: [5, 1, 1], function)
        #expect(abs(result.reduce(0) { $0 + Double($1) } - sum) < 1e-3)
    }

    @Test func `order 0 takes the nearest sample`() throws {
        let function = ResamplingFunction(kind: .spline, order: 0)
        let result = try resample(ramp, [5, 4, 3], to: [7, 6, 2], function)
        let row: [Double] = [
            5.196152210235596, 11.180339813232422, 14.696938514709473, 1, 14.696938514709473, 1, 2.8284270763397217, 8,
            11.180339813232422, 0, 11.180339813232422, 0,
        ]
        #expect(largestDifference(Array(result[36..<48]), row) < 1e-6)
    }

    @Test func `torch's linear resampling clamps coordinates at the borders`() throws {
        let expected: [Double] = [
            5.897114276885986, 10.385254859924316, 8.459909439086914, 5.567627429962158, 9.755645751953125, 1.8415069580078125,
            4.687414646148682, 6.20753288269043, 7.73992395401001, 5.486636161804199, 12.059489250183105, 3.674234628677368,
        ]
        let result = try resample(ramp, [5, 4, 3], to: [7, 6, 2], ResamplingFunction(kind: .torch))
        #expect(largestDifference(Array(result[36..<48]), expected) < 2e-6)
        #expect(abs(result.reduce(0) { $0 + Double($1) } - 494.54652655124664) < 1e-4)
    }

    @Test func `an array of the target's shape stays untouched, and without resampling every array does`() throws {
        let odd: [Float] = [.infinity, -0.0, 3e38, .leastNonzeroMagnitude]
        for function in [ResamplingFunction(kind: .spline), ResamplingFunction(kind: .torch)] {
            #expect(try resample(odd, [1, 2, 2], to: [1, 2, 2], current: [4, 1, 1], function).map(\.bitPattern) == odd.map(\.bitPattern))
        }
        #expect(try resample(odd, [1, 2, 2], to: [9, 9, 9], ResamplingFunction(kind: .none)) == odd)
    }

    @Test(arguments: [
        (
            2,
            [
                5.058581352233887, 11.519430160522461, 9.564993858337402, 4.787876605987549, 10.984192848205566, 0.49448269605636597,
                3.6753382682800293, 6.774439811706543, 6.966721057891846, 6.050663948059082, 13.184709548950195, 2.5825042724609375,
            ], 495.5683676712215
        ),
        (
            4,
            [
                4.775638580322266, 11.833996772766113, 9.880331039428711, 4.243617534637451, 10.5023193359375, 0.16355744004249573,
                3.6852762699127197, 6.459232330322266, 6.812921047210693, 6.754987716674805, 13.933080673217773, 2.684372901916504,
            ], 498.6171964406967
        ),
        (
            5,
            [
                4.6884636878967285, 11.918611526489258, 9.983368873596191, 4.113769054412842, 10.41252326965332, 0.08854533731937408,
                3.682614326477051, 6.39242696762085, 6.7620368003845215, 6.935402870178223, 14.107297897338867, 2.6647067070007324,
            ], 499.563244625926
        ),
    ])
    func `splines of the other orders are SciPy's`(order: Int, row: [Double], sum: Double) throws {
        let result = try resample(ramp, [5, 4, 3], to: [7, 6, 2], ResamplingFunction(kind: .spline, order: order))
        #expect(largestDifference(Array(result[36..<48]), row) < 2e-6)
        #expect(abs(result.reduce(0) { $0 + Double($1) } - sum) < 1e-4)
    }

    @Test(arguments: [
        (ResamplingFunction.Mode.linear, ResamplingFunction.Mode.linear, 494.5465270280838),
        (.linear, .nearest, 496.05338299274445), (.nearest, .nearestExact, 502.58574748039246), (.nearestExact, .linear, 497.293077647686),
    ])
    func `the plans choose torch's modes where an axis is separate`(
        plane: ResamplingFunction.Mode, separate: ResamplingFunction.Mode, sum: Double
    ) throws {
        let function = ResamplingFunction(kind: .torch, planeMode: plane, separateMode: separate)
        let result = try resample(ramp, [5, 4, 3], to: [7, 6, 2], current: [5, 1, 1], function)
        #expect(abs(result.reduce(0) { $0 + Double($1) } - sum) < 1e-4)
    }

    @Test func `wide arrays take whole vectors and remainders alike`() throws {
        // Resampling is linear along each axis, so a product of lines becomes the product of the resampled lines.
        let (ny, nx, my, mx) = (37, 41, 50, 29)
        let column = (0..<ny).map { Float(($0 * 5) % 9) + 1 }
        let row = (0..<nx).map { Float(($0 * 7) % 11) + 1 }
        let plane = column.flatMap { y in row.map { y * $0 } }
        let linear = ResamplingFunction(kind: .spline, order: 1, forceSeparateZ: false)
        let columns = try resample(column, [1, ny, 1], to: [1, my, 1], linear)
        let rows = try resample(row, [1, 1, nx], to: [1, 1, mx], linear)
        let expected = columns.flatMap { y in rows.map { Double(y * $0) } }
        #expect(largestDifference(try resample(plane, [1, ny, nx], to: [1, my, mx], linear), expected) < 1e-4)
        #expect(largestDifference(try resample(plane, [ny, 1, nx], to: [my, 1, mx], linear), expected) < 1e-4)
        // Cubic: the pass across the slices and the pass in them are different code.
        let cubic = ResamplingFunction(kind: .spline, order: 3, forceSeparateZ: false)
        let inPlane = try resample(plane, [1, ny, nx], to: [1, my, mx], cubic)
        let across = try resample(plane, [ny, 1, nx], to: [my, 1, mx], cubic)
        #expect(largestDifference(across, inPlane.map(Double.init)) < 1e-4)
    }
}
