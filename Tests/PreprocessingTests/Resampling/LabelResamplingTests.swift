import Plans
import Preprocessing
import Testing

struct LabelResamplingTests {
    /// (5, 7, 3), a pattern of three labels; between the shapes of the tests no two labels tie.
    private let labels = (0..<105).map { (index: Int) -> Int32 in Int32((7 * index * index + 3 * index) % 11 % 3) }

    @Test func `equal scores go to the nearest voxel's label`() throws {
        let function = ResamplingFunction(kind: .spline, isSegmentation: true, order: 1)
        #expect(try resampleLabels([0, 1, 2, 3], [1, 2, 2], to: [1, 3, 3], function) == "011233233")
        let ties = (0..<60).map { Int32(($0 * 7) % 5 % 3) }
        let expected =
            "0021100211110002111122111000220002201211012111000011001211112001100012111001111000211102001100021111"
            + "221110000200100111100121100211110001100000022000021110001110002111020010000221112011100022111001110000211002111100021011201110001200002111001111011000110002211100012000221110011100"
        #expect(try resampleLabels(ties, [5, 4, 3], to: [8, 7, 5], function) == expected)
    }

    @Test func `where more than two labels meet the nearest one counts only among the highest`() throws {
        // 3 is nearest at the centre but scores 1/4; 1 and 2 score 3/8.
        let function = ResamplingFunction(kind: .spline, isSegmentation: true, order: 1)
        #expect(try resampleLabels([3, 1, 1, 1, 2, 2, 2, 3], [2, 2, 2], to: [1, 1, 1], function) == "1")
    }

    @Test(arguments: [
        (
            0, false,
            "0011100111001001110011100110110001111011001110011111011000111101100111001110010000000111001101100011"
                + "110110000000111001000000011011000000011100100000001110011000000111101100000"
        ),
        (
            0, true,
            "0011100111001001110011100110110001111011001110011111011000111101100111001110010000000111001101100011"
                + "110110000000111001000000011011000000011100100000001110011000000111101100000"
        ),
        (
            1, false,
            "0011100111001001110011100100110000111011001000111011001000001101100011001110110000000111001100100001"
                + "110110000001111111000000011011000000011101110000001110011000000111101100000"
        ),
        (
            1, true,
            "0011100111001001110011100110010000111011001110011111001000011101100111001110110000000111001100100001"
                + "110110000000111011000000011011000000011101100000001110011000000111101100000"
        ),
        (
            3, false,
            "0011100111001001110011100100110000110011001100111011001000001100100011001110110000000111001100100001"
                + "110110000001111111000000011011000000011101110000001110011000000111101100000"
        ),
        (
            3, true,
            "0011100111001001110011100110010000111011001110011111001000011101100111001110110000000111001100100001"
                + "110110000000111011000000011011000000011101100000001110011000000111101100000"
        ),
    ])
    func `labels are resampled as batchgenerators does`(order: Int, apart: Bool, expected: String) throws {
        let function = ResamplingFunction(kind: .spline, isSegmentation: true, order: order)
        #expect(try resampleLabels(labels, [5, 7, 3], to: [7, 5, 5], current: [apart ? 5 : 1, 1, 1], function) == expected)
    }

    @Test(arguments: [
        (
            false, false,
            "0011100111001001110011100100110000111011001000111011001000001101100011001110110000000111001100100001"
                + "110110000001111111000000011011000000011101110000001110011000000111101100000"
        ),
        (
            true, false,
            "0011100111001001110011100110010000111011001110011111001000011101100111001110110000000111001100100001"
                + "110110000000111011000000011011000000011101100000001110011000000111101100000"
        ),
        (
            false, true,
            "0011100111001001110011100100110000111011001000111011001000001101100011001110110000000111001100100001"
                + "110110000001111111000000011011000000011101110000001110011000000111101100000"
        ),
        (
            true, true,
            "0011100111001001110011100110010000111011001110011111001000011101100111001110110000000111001100100001"
                + "110110000000111011000000011011000000011101100000001110011000000111101100000"
        ),
    ])
    func `labels are resampled as nnU-Net's torch function does`(apart: Bool, savesMemory: Bool, expected: String) throws {
        let function = ResamplingFunction(kind: .torch, isSegmentation: true, memoryEfficientSegmentation: savesMemory)
        #expect(try resampleLabels(labels, [5, 7, 3], to: [7, 5, 5], current: [apart ? 5 : 1, 1, 1], function) == expected)
    }

    @Test(arguments: [
        (
            1, [10, 3, 4],
            "0233000020230233000020233320020233320200233320200200233320200002320200000002320200002023200002023332"
                + "00202333333200202333"
        ),
        (
            3, [10, 3, 4],
            "0233000020230233000020233320020233320220233320220200233320200002320200000022320200022023200002023332"
                + "00202333333200202333"
        ),
        (
            5, [10, 3, 4],
            "0233000020230033020200033320020233320220233320220200233320200002320200000022320200022023200002023330"
                + "20202333333200202333"
        ),
        (
            1, [3, 4, 4],
            "000000000000000000000000000000000000000000000000"
        ),
    ])
    func `along a separate axis that is interpolated the last label above one half counts, else 0`(
        order: Int, target: [Int], expected: String
    ) throws {
        let labels = (0..<96).map { (index: Int) -> Int32 in Int32((4 * index * index + 2 * index) % 13 % 4) }
        let function = ResamplingFunction(kind: .spline, isSegmentation: true, order: 1, orderZ: order)
        #expect(try resampleLabels(labels, [6, 4, 4], to: target, current: [5, 1, 1], function) == expected)
    }

    @Test(arguments: [
        (
            2,
            "0011100111001001110011100100110001110011001100111011001000001101100011001110110000000111001100100011"
                + "110110000001111111000000011011000000011101110000001110011000000111101100000"
        ),
        (
            4,
            "0011100111001001110011100100110001110011001100111011001000001100100011001110110000000111001000100001"
                + "110110000001111111000000011011000000011101110000001110011000000111101100000"
        ),
        (
            5,
            "0011100111011001100011100100110001110011001100111011001000001100100011001110110000000111001000100001"
                + "110110000001111111000000011011000000011101110000001110011000000111101100000"
        ),
    ])
    func `splines of the other orders decide as batchgenerators does`(order: Int, expected: String) throws {
        let function = ResamplingFunction(kind: .spline, isSegmentation: true, order: order)
        #expect(try resampleLabels(labels, [5, 7, 3], to: [7, 5, 5], current: [1, 1, 1], function) == expected)
    }

    @Test(arguments: [
        (
            ResamplingFunction.Mode.linear, ResamplingFunction.Mode.linear,
            "0011100111001001110011100110010000111011001110011111001000011101100111001110110000000111001100100001"
                + "110110000000111011000000011011000000011101100000001110011000000111101100000"
        ),
        (
            .nearest, .linear,
            "0011100000001111111000000110011100000001001110000011001110000000100111000000011011110000001100111000"
                + "110010011100000001101111011001001110000000110111101111011001110001100100111"
        ),
        (
            .nearest, .nearest,
            "0011100000001111111000000001110000000111111100000011001110000000100111000000011011110000001100111000"
                + "001101111000000110011100011001001110000000110111101111011001110001100100111"
        ),
    ])
    func `torch's modes decide as nnU-Net's function does`(
        plane: ResamplingFunction.Mode, separate: ResamplingFunction.Mode, expected: String
    ) throws {
        let function = ResamplingFunction(kind: .torch, isSegmentation: true, planeMode: plane, separateMode: separate)
        #expect(try resampleLabels(labels, [5, 7, 3], to: [7, 5, 5], current: [5, 1, 1], function) == expected)
    }

    @Test func `negative labels are labels like others`() throws {
        let function = ResamplingFunction(kind: .spline, isSegmentation: true, order: 1)
        #expect(try resampleLabels([-1, 3], [1, 1, 2], to: [1, 1, 4], function) == "-1-133")
    }
}
