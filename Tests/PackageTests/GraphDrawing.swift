import Foundation

/// A drawing of the targets in layers, each above those that it imports; arrows that follow from others are left out.
struct GraphDrawing {
    /// Layers from the bottom, each from left to right.
    let layers: [[String]]
    /// From a target to those that it imports, without those that one of them imports.
    let arrows: [String: Set<String>]

    /// - Parameter dependencies: of every target; what is no target of the list itself is left out.
    init(_ dependencies: [String: Set<String>]) {
        let own = dependencies.mapValues { $0.intersection(dependencies.keys) }
        func below(_ target: String) -> Set<String> { (own[target] ?? []).reduce(into: own[target] ?? []) { $0.formUnion(below($1)) } }
        let all = Dictionary(uniqueKeysWithValues: own.keys.map { ($0, below($0)) })
        arrows = own.mapValues { direct in direct.filter { target in !direct.contains { all[$0]?.contains(target) == true } } }
        func height(_ target: String) -> Int { (own[target] ?? []).map { height($0) + 1 }.max() ?? 0 }
        var layers: [[String]] = []
        for target in own.keys.sorted() {
            let height = height(target)
            while layers.count <= height { layers.append([]) }
            layers[height].append(target)
        }
        self.layers = Self.untangled(layers, arrows)
    }

    /// Orders each layer by the mean place of what its targets import.
    private static func untangled(_ layers: [[String]], _ arrows: [String: Set<String>]) -> [[String]] {
        var places: [String: Double] = [:]
        return layers.map { layer in
            let ordered = layer.map { target -> (place: Double, target: String) in
                let below = (arrows[target] ?? []).compactMap { places[$0] }
                return (below.isEmpty ? 0 : below.reduce(0, +) / Double(below.count), target)
            }.sorted { ($0.place, $0.target) < ($1.place, $1.target) }.map(\.target)
            for (index, target) in ordered.enumerated() { places[target] = Double(index) - Double(ordered.count - 1) / 2 }
            return ordered
        }
    }

    private static let (box, gap, step, margin) = (SIMD2(128.0, 30.0), 24.0, 78.0, 20.0)

    /// SVG, in both a light and a dark surrounding.
    var svg: String {
        let widest = Double(layers.map(\.count).max() ?? 1)
        let size = SIMD2(
            widest * (Self.box.x + Self.gap) - Self.gap + 2 * Self.margin, Double(layers.count) * Self.step - 48 + 2 * Self.margin)
        var corners: [String: SIMD2<Double>] = [:]
        for (row, layer) in layers.enumerated() {
            let width = Double(layer.count) * (Self.box.x + Self.gap) - Self.gap
            for (column, target) in layer.enumerated() {
                corners[target] = SIMD2(
                    (size.x - width) / 2 + Double(column) * (Self.box.x + Self.gap),
                    size.y - Self.margin - Self.box.y - Double(row) * Self.step)
            }
        }
        var lines = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(Int(size.x)) \(Int(size.y))\" font-family=\"sans-serif\" font-size=\"14\">",
            "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>",
        ]
        for (target, imported) in arrows.sorted(by: { $0.key < $1.key }) {
            for other in imported.sorted() {
                guard let from = corners[target], let to = corners[other] else { continue }
                let (start, end) = (from + SIMD2(Self.box.x / 2, Self.box.y), to + SIMD2(Self.box.x / 2, 0))
                let bend = min(40, (end.y - start.y) / 2)
                lines.append(
                    "<path d=\"M\(Int(start.x)) \(Int(start.y)) C\(Int(start.x)) \(Int(start.y + bend)) \(Int(end.x)) \(Int(end.y - bend)) \(Int(end.x)) \(Int(end.y))\" fill=\"none\" stroke=\"#89a\"/>"
                )
            }
        }
        for (target, corner) in corners.sorted(by: { $0.key < $1.key }) {
            lines.append(
                "<rect x=\"\(Int(corner.x))\" y=\"\(Int(corner.y))\" width=\"\(Int(Self.box.x))\" height=\"\(Int(Self.box.y))\" rx=\"5\" fill=\"#eef3f8\" stroke=\"#357\"/>"
            )
            lines.append(
                "<text x=\"\(Int(corner.x + Self.box.x / 2))\" y=\"\(Int(corner.y + 20))\" text-anchor=\"middle\" fill=\"#123\">\(target)</text>"
            )
        }
        return (lines + ["</svg>", ""]).joined(separator: "\n")
    }
}
