import Foundation

/// Where the panels of a picture lie: equal tiles in full rows, and beside or below them the two other planes at one common scale.
struct MontageLayout {
    /// The tiles in reading order.
    private(set) var tiles: [PixelRectangle] = []
    /// The panels of the other planes, if any.
    private(set) var reformats: [PixelRectangle] = []
    /// Size of all panels together, px.
    private(set) var width = 0
    private(set) var height = 0

    /// px between tiles, and between the tiles and the other planes.
    static let gap = 8.0
    static let wideGap = 20.0
    private static let widest = 1544.0
    private static let tallest = 940.0
    private static let wantedTiles = 8.0
    private static let narrowestReformat = 0.3

    private enum Arrangement: CaseIterable { case stackedBeside, abreastBeside, abreastBelow }

    private struct Candidate {
        var columns: Int
        var rows: Int
        var arrangement: Arrangement
        /// px per mm.
        var tileScale: Double
        var reformatScale: Double
        var width: Double
        var height: Double
    }

    /// Chooses among all numbers of tiles (at most `sliceLimit`), their arrangements in rows, and places of the other planes: large
    /// pictures, about eight tiles, the other planes somewhat larger than a tile, the whole about as wide as a screen.
    /// - tile, others: mm (across, down).
    init(tile: SIMD2<Double>, others: [SIMD2<Double>], sliceLimit: Int) {
        let panels = others.map { SIMD2(max($0.x, $0.y * Self.narrowestReformat), max($0.y, $0.x * Self.narrowestReformat)) }
        var best: Candidate?
        var highest = -Double.infinity
        for rows in 1...4 {
            for columns in 1...6 where columns * rows <= max(1, min(sliceLimit, 15)) {
                for arrangement in others.isEmpty ? [.abreastBelow] : Arrangement.allCases {
                    let candidate = Self.solve(columns, rows, arrangement, tile: tile, others: panels)
                    let score = Self.score(candidate, tile: tile, others: panels, sliceLimit: sliceLimit)
                    if score > highest {
                        best = candidate
                        highest = score
                    }
                }
            }
        }
        if let best { place(best, tile: tile, others: panels) }
    }

    /// The largest scales at which an arrangement fills the width, or the height where that is less.
    private static func solve(
        _ columns: Int, _ rows: Int, _ arrangement: Arrangement, tile: SIMD2<Double>, others: [SIMD2<Double>]
    ) -> Candidate {
        var width = widest
        var candidate = fill(width, columns, rows, arrangement, tile: tile, others: others)
        for _ in 0..<40 where candidate.height > tallest {
            width *= min(0.995, tallest / candidate.height)
            candidate = fill(width, columns, rows, arrangement, tile: tile, others: others)
        }
        return candidate
    }

    private static func fill(
        _ width: Double, _ columns: Int, _ rows: Int, _ arrangement: Arrangement, tile: SIMD2<Double>, others: [SIMD2<Double>]
    ) -> Candidate {
        let across = Double(columns) * tile.x
        let down = Double(rows) * tile.y
        let gapsAcross = Double(columns - 1) * gap
        let gapsDown = Double(rows - 1) * gap
        let sum = others.reduce(SIMD2<Double>.zero, +)
        let largest = others.reduce(SIMD2<Double>.zero) { pointwiseMax($0, $1) }
        var candidate = Candidate(
            columns: columns, rows: rows, arrangement: arrangement, tileScale: 0, reformatScale: 0, width: width, height: 0)
        switch arrangement {
        case .stackedBeside:
            // height = down·s + gapsDown; other planes: (height − gap) / sum.y px per mm
            let ratio = largest.x / sum.y
            candidate.tileScale = (width - gapsAcross - wideGap - (gapsDown - gap) * ratio) / (across + down * ratio)
            candidate.height = down * candidate.tileScale + gapsDown
            candidate.reformatScale = (candidate.height - gap) / sum.y
        case .abreastBeside:
            let ratio = sum.x / largest.y
            candidate.tileScale = (width - gapsAcross - wideGap - gap - gapsDown * ratio) / (across + down * ratio)
            candidate.height = down * candidate.tileScale + gapsDown
            candidate.reformatScale = candidate.height / largest.y
        case .abreastBelow:
            candidate.tileScale = (width - gapsAcross) / across
            candidate.height = down * candidate.tileScale + gapsDown
            if !others.isEmpty {
                candidate.reformatScale = (width - gap) / sum.x
                candidate.height += wideGap + largest.y * candidate.reformatScale
            }
        }
        return candidate
    }

    private static func score(_ candidate: Candidate, tile: SIMD2<Double>, others: [SIMD2<Double>], sliceLimit: Int) -> Double {
        guard candidate.tileScale > 0, candidate.reformatScale >= 0 else { return -.infinity }
        let count = Double(candidate.columns * candidate.rows)
        let tileArea = tile.x * tile.y * candidate.tileScale * candidate.tileScale
        let areas = others.map { $0.x * $0.y * candidate.reformatScale * candidate.reformatScale }
        let cover = (count * tileArea + areas.reduce(0, +)) / (widest * tallest)
        let wanted = min(wantedTiles, Double(sliceLimit))
        var score = log(cover) - pow(log(count / wanted), 2) / (2 * 0.45 * 0.45)
        if tileArea.squareRoot() < 190 { score -= 4 * log(190 / tileArea.squareRoot()) }
        for area in areas {
            score -= pow(log((area / tileArea).squareRoot() / 1.35), 2) / (2 * 0.5 * 0.5) / Double(areas.count)
        }
        return score
    }

    private mutating func place(_ candidate: Candidate, tile: SIMD2<Double>, others: [SIMD2<Double>]) {
        let tileWidth = max(1, Int(tile.x * candidate.tileScale))
        let tileHeight = max(1, Int(tile.y * candidate.tileScale))
        let gap = Int(Self.gap)
        for row in 0..<candidate.rows {
            for column in 0..<candidate.columns {
                tiles.append(
                    PixelRectangle(x: column * (tileWidth + gap), y: row * (tileHeight + gap), width: tileWidth, height: tileHeight))
            }
        }
        let tilesWidth = (tiles.last?.maxX ?? 0)
        let tilesHeight = (tiles.last?.maxY ?? 0)
        var sizes = others.map { ($0 * candidate.reformatScale).rounded(.down) }
        switch candidate.arrangement {
        case .stackedBeside:
            let column = sizes.map(\.x).max() ?? 0
            var y = 0
            for index in sizes.indices {
                let isLast = index == sizes.count - 1
                let height = isLast ? tilesHeight - y : Int(sizes[index].y)
                reformats.append(PixelRectangle(x: tilesWidth + Int(Self.wideGap), y: y, width: Int(column), height: height))
                y += height + gap
            }
        case .abreastBeside, .abreastBelow:
            let isBeside = candidate.arrangement == .abreastBeside
            let height = isBeside ? Double(tilesHeight) : sizes.map(\.y).max() ?? 0
            var x = isBeside ? tilesWidth + Int(Self.wideGap) : 0
            let y = isBeside ? 0 : tilesHeight + Int(Self.wideGap)
            if !isBeside, sizes.count == 2 { sizes[1].x = Double(tilesWidth - gap) - sizes[0].x }
            for size in sizes {
                reformats.append(PixelRectangle(x: x, y: y, width: Int(size.x), height: Int(height)))
                x += Int(size.x) + gap
            }
        }
        width = (tiles + reformats).map(\.maxX).max() ?? 0
        height = (tiles + reformats).map(\.maxY).max() ?? 0
    }
}
