import Imaging
import Testing

@Suite struct Matrix3Tests {
    private let sheared = Matrix3(rows: SIMD3(1, 2, 3), SIMD3(0, 1, 4), SIMD3(5, 6, 0))

    @Test func `columns are the transposed rows`() {
        let matrix = Matrix3(columns: SIMD3(1, 0, 5), SIMD3(2, 1, 6), SIMD3(3, 4, 0))
        #expect(matrix == sheared)
        #expect(matrix.column(1) == SIMD3(2, 1, 6))
        #expect(matrix.transposed.rows == [SIMD3(1, 0, 5), SIMD3(2, 1, 6), SIMD3(3, 4, 0)])
    }

    @Test func `elements are listed row by row as ITK does`() {
        #expect(sheared.elements == [1, 2, 3, 0, 1, 4, 5, 6, 0])
        #expect(sheared[1, 2] == 4)
    }

    @Test func `a subscript sets one element`() {
        var matrix = Matrix3.identity
        matrix[0, 2] = 7
        #expect(matrix.elements == [1, 0, 7, 0, 1, 0, 0, 0, 1])
    }

    @Test func `the inverse undoes the matrix`() throws {
        let inverse = try #require(sheared.inverse)
        #expect(inverse.elements == [-24, 18, 5, 20, -15, -4, -5, 4, 1])
        #expect(sheared * inverse == .identity)
    }

    @Test func `a singular or undefined matrix has no inverse`() {
        #expect(Matrix3(rows: SIMD3(1, 2, 3), SIMD3(2, 4, 6), SIMD3(0, 0, 1)).inverse == nil)
        #expect(Matrix3(rows: SIMD3(.nan, 0, 0), SIMD3(0, 1, 0), SIMD3(0, 0, 1)).inverse == nil)
    }

    @Test func `the determinant tells a mirrored frame from a turned one`() {
        #expect(Matrix3(rows: SIMD3(0, -1, 0), SIMD3(1, 0, 0), SIMD3(0, 0, 1)).determinant == 1)
        #expect(Matrix3(rows: SIMD3(-1, 0, 0), SIMD3(0, 1, 0), SIMD3(0, 0, 1)).determinant == -1)
    }

    @Test func `a product applies the right factor first`() {
        let turn = Matrix3(rows: SIMD3(0, -1, 0), SIMD3(1, 0, 0), SIMD3(0, 0, 1))
        let vector = SIMD3(1.0, 2, 3)
        #expect((sheared * turn) * vector == sheared * (turn * vector))
        #expect((sheared * turn) * vector != (turn * sheared) * vector)
    }
}
