/// One of the six directions of the patient.
package enum AnatomicalDirection: String, Sendable, CaseIterable, Codable {
    /// Towards the patient's left: LPS +x.
    case left = "L"
    /// Towards the patient's right: LPS −x.
    case right = "R"
    /// Towards the patient's back: LPS +y.
    case posterior = "P"
    /// Towards the patient's front: LPS −y.
    case anterior = "A"
    /// Towards the head: LPS +z.
    case superior = "S"
    /// Towards the feet: LPS −z.
    case inferior = "I"

    /// The LPS axis (0 left–right, 1 posterior–anterior, 2 superior–inferior) that this direction lies on.
    package var patientAxis: Int {
        switch self {
        case .left, .right: 0
        case .posterior, .anterior: 1
        case .superior, .inferior: 2
        }
    }

    /// Whether LPS coordinates grow in this direction.
    package var isPositive: Bool {
        switch self {
        case .left, .posterior, .superior: true
        case .right, .anterior, .inferior: false
        }
    }

    /// The other end of the same patient axis.
    package var opposite: AnatomicalDirection { AnatomicalDirection(patientAxis: patientAxis, isPositive: !isPositive) }

    /// The direction along an LPS axis (0, 1 or 2), towards growing or falling coordinates.
    package init(patientAxis: Int, isPositive: Bool) {
        switch patientAxis {
        case 0: self = isPositive ? .left : .right
        case 1: self = isPositive ? .posterior : .anterior
        default: self = isPositive ? .superior : .inferior
        }
    }
}
