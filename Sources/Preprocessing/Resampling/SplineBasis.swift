/// The B-splines that SciPy interpolates with.
enum SplineBasis {
    /// The poles of the filter that turns samples into coefficients; none for orders 0 and 1.
    static func poles(order: Int) -> [Double] {
        switch order {
        case 2: return [Double(8).squareRoot() - 3]
        case 3: return [Double(3).squareRoot() - 2]
        case 4:
            let inner = Double(438976).squareRoot(), outer = Double(304).squareRoot()
            return [(664 - inner).squareRoot() + outer - 19, (664 + inner).squareRoot() - outer - 19]
        case 5:
            let inner = Double(4436.25).squareRoot(), outer = Double(26.25).squareRoot()
            return [(67.5 - inner).squareRoot() + outer - 6.5, (67.5 + inner).squareRoot() - outer - 6.5]
        default: return []
        }
    }

    /// The weights of `order + 1` neighbouring coefficients, rounded in SciPy's order.
    ///
    /// - `t`: the distance from the middle one, −0.5 to 0.5, for even orders; the fraction of the way to the next one, 0 to 1, for odd ones.
    static func weights(order: Int, t: Double) -> [Double] {
        let u = 1 - t
        var weights: [Double]
        switch order {
        case 0: return [1]
        case 1: weights = [u]
        case 2: weights = [0.5 * (0.5 - t) * (0.5 - t), 0.75 - t * t]
        case 3: weights = [u * u * u / 6, (t * t * (t - 2) * 3 + 4) / 6, (u * u * (u - 2) * 3 + 4) / 6]
        case 4:
            let edge = (0.5 - t) * (0.5 - t), square = t * t
            weights = [edge * edge / 24, quartic(1 + t), square * (square * 0.25 - 0.625) + 115.0 / 192, quartic(u)]
        default:
            let square = u * u
            weights = [u * square * square / 120, quintic(t + 1), middleQuintic(t), middleQuintic(u), quintic(u + 1)]
        }
        weights.append(weights.reduce(1, -))
        return weights
    }

    /// The quartic B-spline from 0.5 to 1.5.
    private static func quartic(_ y: Double) -> Double {
        y * (y * (y * (5 - y) / 6 - 1.25) + 5.0 / 24) + 55.0 / 96
    }

    /// The quintic B-spline from 0 to 1.
    private static func middleQuintic(_ y: Double) -> Double {
        let square = y * y
        return square * (square * (0.25 - y / 12) - 0.5) + 0.55
    }

    /// The quintic B-spline from 1 to 2.
    private static func quintic(_ y: Double) -> Double {
        y * (y * (y * (y * (y / 24 - 0.375) + 1.25) - 1.75) + 0.625) + 0.425
    }
}
