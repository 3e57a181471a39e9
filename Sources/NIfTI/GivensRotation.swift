/// A Givens rotation as SROTG makes it.
struct GivensRotation {
    var cosine: Float = 1
    var sine: Float = 0
    var radius: Float = 0

    init(_ a: Float, _ b: Float) {
        let scale = abs(a) + abs(b)
        guard scale != 0 else { return }
        radius = Float(Double(scale) * Double((a / scale) * (a / scale) + (b / scale) * (b / scale)).squareRoot())
        if (abs(a) > abs(b) ? a : b) < 0 { radius = -radius }
        cosine = a / radius
        sine = b / radius
    }
}
