/// The left singular vectors and singular values of a 3×3 matrix by LINPACK's SSVDC in single precision.
///
/// ITK compares two transforms through exactly these vectors (`vnl_svd<float>`), and their signs and their order for equal singular
/// values are this algorithm's: another one would choose the other transform of some files.
struct SingularVectors {
    /// Columns of U.
    private(set) var left: [[Float]]
    /// Singular values, descending.
    private(set) var values: [Float]
    private var superdiagonal: [Float]

    /// Decomposes a matrix given by its columns.
    init(columns: [[Float]]) {
        var x = columns
        values = [0, 0, 0]
        superdiagonal = [0, 0, 0]
        left = [[0, 0, 0], [0, 0, 0], [0, 0, 0]]
        bidiagonalize(&x)
        generateLeft()
        iterate()
    }

    private mutating func bidiagonalize(_ x: inout [[Float]]) {
        for l in 0..<2 {
            values[l] = norm(x[l][l...])
            if values[l] != 0 {
                if x[l][l] < 0 { values[l] = -values[l] }
                let factor = 1 / values[l]
                for i in l..<3 { x[l][i] *= factor }
                x[l][l] += 1
            }
            values[l] = -values[l]
            for j in (l + 1)..<3 {
                if values[l] != 0 { Self.addReflection(of: x[l], from: l, to: &x[j]) }
                superdiagonal[j] = x[j][l]
            }
            for i in l..<3 { left[l][i] = x[l][i] }
            if l == 0 { transformRows(&x) }
        }
        values[2] = x[2][2]
        superdiagonal[1] = x[2][1]
        superdiagonal[2] = 0
    }

    /// The row transformation of the first step, the only one a 3×3 matrix needs.
    private mutating func transformRows(_ x: inout [[Float]]) {
        superdiagonal[0] = norm(superdiagonal[1...])
        if superdiagonal[0] != 0 {
            if superdiagonal[1] < 0 { superdiagonal[0] = -superdiagonal[0] }
            let factor = 1 / superdiagonal[0]
            for i in 1..<3 { superdiagonal[i] *= factor }
            superdiagonal[1] += 1
        }
        superdiagonal[0] = -superdiagonal[0]
        guard superdiagonal[0] != 0 else { return }
        var work: [Float] = [0, 0, 0]
        for j in 1..<3 {
            for i in 1..<3 { work[i] += superdiagonal[j] * x[j][i] }
        }
        for j in 1..<3 {
            let factor = -superdiagonal[j] / superdiagonal[1]
            for i in 1..<3 { x[j][i] += factor * work[i] }
        }
    }

    private mutating func generateLeft() {
        left[2] = [0, 0, 1]
        for l in [1, 0] {
            if values[l] != 0 {
                for j in (l + 1)..<3 { Self.addReflection(of: left[l], from: l, to: &left[j]) }
                for i in l..<3 { left[l][i] = -left[l][i] }
                left[l][l] += 1
                for i in 0..<l { left[l][i] = 0 }
            } else {
                left[l] = [0, 0, 0]
                left[l][l] = 1
            }
        }
    }

    private static func addReflection(of vector: [Float], from first: Int, to target: inout [Float]) {
        var dot: Float = 0
        for i in first..<3 { dot += vector[i] * target[i] }
        let factor = -dot / vector[first]
        for i in first..<3 { target[i] += factor * vector[i] }
    }

    private mutating func iterate() {
        var m = 3
        var iteration = 0
        while m > 0, iteration < 30 {
            let l = clearNegligibleSuperdiagonal(below: m)
            if l == m - 2 {
                converge(at: m - 1)
                iteration = 0
                m -= 1
                continue
            }
            let s = clearNegligibleValue(from: l, below: m)
            if s == l {
                step(from: l + 1, to: m - 1)
                iteration += 1
            } else if s == m - 1 {
                deflate(from: l + 1, at: m - 1)
            } else {
                split(at: s, to: m - 1)
            }
        }
    }

    /// Clears the last negligible superdiagonal element below `m` and gives its index, -1 where there is none.
    private mutating func clearNegligibleSuperdiagonal(below m: Int) -> Int {
        var l = m - 2
        while l >= 0 {
            let test = abs(values[l]) + abs(values[l + 1])
            if test + abs(superdiagonal[l]) == test {
                superdiagonal[l] = 0
                break
            }
            l -= 1
        }
        return l
    }

    /// Clears the last singular value after `l` and below `m` that is negligible beside its neighbours and gives its index, `l` where
    /// there is none.
    private mutating func clearNegligibleValue(from l: Int, below m: Int) -> Int {
        var s = m - 1
        while s > l {
            var test: Float = 0
            if s != m - 1 { test += abs(superdiagonal[s]) }
            if s != l + 1 { test += abs(superdiagonal[s - 1]) }
            if test + abs(values[s]) == test {
                values[s] = 0
                break
            }
            s -= 1
        }
        return s
    }

    private mutating func deflate(from l: Int, at m: Int) {
        var f = superdiagonal[m - 1]
        superdiagonal[m - 1] = 0
        for k in stride(from: m - 1, through: l, by: -1) {
            let rotation = GivensRotation(values[k], f)
            values[k] = rotation.radius
            if k != l {
                f = -rotation.sine * superdiagonal[k - 1]
                superdiagonal[k - 1] *= rotation.cosine
            }
        }
    }

    private mutating func split(at s: Int, to m: Int) {
        var f = superdiagonal[s]
        superdiagonal[s] = 0
        for k in (s + 1)...m {
            let rotation = GivensRotation(values[k], f)
            values[k] = rotation.radius
            f = -rotation.sine * superdiagonal[k]
            superdiagonal[k] *= rotation.cosine
            rotateLeft(k, s, rotation)
        }
    }

    /// One implicitly shifted QR step.
    private mutating func step(from l: Int, to m: Int) {
        let scale = [values[m], values[m - 1], superdiagonal[m - 1], values[l], superdiagonal[l]].map { abs($0) }.max() ?? 1
        let (sm, smm1, emm1) = (values[m] / scale, values[m - 1] / scale, superdiagonal[m - 1] / scale)
        let (sl, el) = (values[l] / scale, superdiagonal[l] / scale)
        let b = ((smm1 + sm) * (smm1 - sm) + emm1 * emm1) / 2
        let c = (sm * emm1) * (sm * emm1)
        var shift: Float = 0
        if b != 0 || c != 0 {
            shift = (b * b + c).squareRoot()
            if b < 0 { shift = -shift }
            shift = c / (b + shift)
        }
        var f = (sl + sm) * (sl - sm) + shift
        var g = sl * el
        for k in l..<m {
            let right = GivensRotation(f, g)
            if k != l { superdiagonal[k - 1] = right.radius }
            f = right.cosine * values[k] + right.sine * superdiagonal[k]
            superdiagonal[k] = right.cosine * superdiagonal[k] - right.sine * values[k]
            g = right.sine * values[k + 1]
            values[k + 1] *= right.cosine
            let rotation = GivensRotation(f, g)
            values[k] = rotation.radius
            f = rotation.cosine * superdiagonal[k] + rotation.sine * values[k + 1]
            values[k + 1] = -rotation.sine * superdiagonal[k] + rotation.cosine * values[k + 1]
            g = rotation.sine * superdiagonal[k + 1]
            superdiagonal[k + 1] *= rotation.cosine
            rotateLeft(k, k + 1, rotation)
        }
        superdiagonal[m - 1] = f
    }

    private mutating func converge(at index: Int) {
        values[index] = abs(values[index])
        var l = index
        while l < 2, values[l] < values[l + 1] {
            values.swapAt(l, l + 1)
            left.swapAt(l, l + 1)
            l += 1
        }
    }

    private mutating func rotateLeft(_ first: Int, _ second: Int, _ rotation: GivensRotation) {
        for i in 0..<3 {
            let (a, b) = (left[first][i], left[second][i])
            left[first][i] = rotation.cosine * a + rotation.sine * b
            left[second][i] = rotation.cosine * b - rotation.sine * a
        }
    }

    /// SNRM2: the sum of squares relative to the largest element so far.
    private func norm(_ vector: ArraySlice<Float>) -> Float {
        var (scale, sum): (Float, Float) = (0, 1)
        for element in vector where element != 0 {
            let magnitude = abs(element)
            if scale < magnitude {
                sum = 1 + sum * ((scale / magnitude) * (scale / magnitude))
                scale = magnitude
            } else {
                sum += (magnitude / scale) * (magnitude / scale)
            }
        }
        return Float(Double(scale) * Double(sum).squareRoot())
    }
}
