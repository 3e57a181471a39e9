package import Imaging

/// Which slices of which planes a picture shows, and where in it.
package struct MontagePlan {
    /// Tiles first, then the other planes; no two overlap.
    package private(set) var panels: [OverlayPanel] = []
    /// The part of the picture between its margins, px.
    let contentWidth: Int
    /// Where the panels end and the legend may begin, px.
    let panelsEnd: Int
    /// Whether the image lies in a patient, so that directions and positions mean something.
    let isAnatomical: Bool

    /// Free px on all sides of a picture, and above the panels together with the header.
    package static let margin = 28
    static let headerHeight = 84
    private static let narrowestContent = 900
    /// At least this part of an image is shown, and at least so many mm, however small the labels are.
    private static let smallestPart = 0.35
    private static let smallestExtent = 60.0
    /// The labels may fill this part of a tile.
    private static let labelPart = 0.6
    /// A plane with fewer slices than this, or thinner than this part of its width, is not cut across.
    private static let fewestSlices = 4
    private static let thinnestPart = 0.04

    /// Plans the picture of an image.
    package init(geometry: ImageGeometry, survey: LabelSurvey) {
        let isAnatomical = geometry.dimension == 3
        self.isAnatomical = isAnatomical
        let orientation = isAnatomical ? geometry.orientation : AnatomicalOrientation(direction: .identity)
        let main = DisplayStack(geometry: geometry, view: orientation.view(of: Self.mainPlane(of: geometry, orientation: orientation)))
        let others = AnatomicalPlane.allCases.filter { $0 != main.view.plane && isAnatomical }
            .map { DisplayStack(geometry: geometry, view: orientation.view(of: $0)) }
            .filter { stack in
                let extent = stack.extent(of: stack.whole)
                return min(stack.columnCount, stack.rowCount) >= Self.fewestSlices && extent.min() >= Self.thinnestPart * extent.max()
            }
        let choice = Self.choice(survey, main)
        let crop = Self.crop(main, survey: survey)
        let limit = choice.occupied.isEmpty ? main.sliceCount : choice.occupied.count
        let layout = MontageLayout(tile: main.extent(of: crop), others: others.map { $0.extent(of: $0.whole) }, sliceLimit: limit)
        contentWidth = max(layout.width, Self.narrowestContent)
        panelsEnd = Self.headerHeight + layout.height
        let corner = SIMD2(Self.margin + (contentWidth - layout.width) / 2, Self.headerHeight)

        let spread = choice.spread(layout.tiles.count).map { main.view.slices.flipped($0, count: main.sliceCount) }.sorted()
        for (slice, rectangle) in zip(spread, layout.tiles) {
            var panel = OverlayPanel(stack: main, slice: slice, crop: crop, rectangle: rectangle.moved(by: corner))
            panel.caption = isAnatomical ? OverlayText.position(of: slice, in: main) : ""
            panel.hasScaleBar = panels.isEmpty
            panels.append(panel)
        }
        for (stack, rectangle) in zip(others, layout.reformats) {
            panels.append(Self.reformat(stack, survey, across: main, showing: spread, in: rectangle.moved(by: corner)))
        }
    }

    /// A plane cut across the main one, with a mark where each slice that is shown lies.
    private static func reformat(
        _ stack: DisplayStack, _ survey: LabelSurvey, across main: DisplayStack, showing slices: [Int], in rectangle: PixelRectangle
    ) -> OverlayPanel {
        let slice = stack.view.slices.flipped(choice(survey, stack).mostTelling, count: stack.sliceCount)
        var panel = OverlayPanel(stack: stack, slice: slice, crop: stack.whole, rectangle: rectangle)
        panel.caption = OverlayText.position(of: slice, in: stack)
        panel.isPlaneNamed = true
        panel.hasScaleBar = true
        for shown in slices {
            let index = main.view.slices.flipped(shown, count: main.sliceCount)
            if stack.view.rows.index == main.view.slices.index {
                panel.rowMarks.append((Double(stack.view.rows.flipped(index, count: stack.rowCount)) + 0.5) * stack.rowSpacing)
            } else {
                panel.columnMarks.append((Double(stack.view.columns.flipped(index, count: stack.columnCount)) + 0.5) * stack.columnSpacing)
            }
        }
        return panel
    }

    /// Axial, unless the scan was taken in another plane and its axial cuts are much coarser one way than the other.
    private static func mainPlane(of geometry: ImageGeometry, orientation: AnatomicalOrientation) -> AnatomicalPlane {
        let spacing = geometry.spacing
        let coarsest = (0..<3).max { spacing[$0] < spacing[$1] } ?? 2
        let thinnest = (0..<3).min { geometry.size[$0] < geometry.size[$1] } ?? 2
        let axial = orientation.view(of: .axial)
        if min(geometry.size[axial.columns.index], geometry.size[axial.rows.index]) < fewestSlices {
            return orientation.plane(acrossIndexAxis: thinnest)
        }
        let steps = [spacing[axial.columns.index], spacing[axial.rows.index]].sorted()
        return steps[1] > 2.5 * steps[0] ? orientation.plane(acrossIndexAxis: coarsest) : .axial
    }

    private static func choice(_ survey: LabelSurvey, _ stack: DisplayStack) -> SliceChoice {
        SliceChoice(survey, axis: stack.view.slices.index, sliceCount: stack.sliceCount)
    }

    /// The part of every slice that is shown: all of it, or less where the labels would look small in it.
    private static func crop(_ stack: DisplayStack, survey: LabelSurvey) -> Crop {
        guard !survey.labels.isEmpty else { return stack.whole }
        let columns = part(stack.view.columns, count: stack.columnCount, spacing: stack.columnSpacing, survey: survey)
        let rows = part(stack.view.rows, count: stack.rowCount, spacing: stack.rowSpacing, survey: survey)
        let extent = max(Double(columns.wanted) * stack.columnSpacing, Double(rows.wanted) * stack.rowSpacing)
        return Crop(
            columns: around(columns.labels, Int((extent / stack.columnSpacing).rounded(.up)), count: stack.columnCount),
            rows: around(rows.labels, Int((extent / stack.rowSpacing).rounded(.up)), count: stack.rowCount))
    }

    /// Where the labels lie along a screen axis, and how many voxels shall be shown.
    private static func part(
        _ axis: AnatomicalPlaneView.Axis, count: Int, spacing: Double, survey: LabelSurvey
    ) -> (labels: Range<Int>, wanted: Int) {
        var low = count
        var high = 0
        for label in survey.labels {
            for (index, voxels) in label.slices[axis.index].enumerated() where voxels > 0 {
                let position = axis.flipped(index, count: count)
                low = min(low, position)
                high = max(high, position + 1)
            }
        }
        let wanted = max(Double(high - low) / labelPart, smallestPart * Double(count), smallestExtent / spacing)
        return (low..<high, Int(min(wanted.rounded(.up), Double(count))))
    }

    /// `wanted` positions around a range; all of them when that is nearly all.
    private static func around(_ range: Range<Int>, _ wanted: Int, count: Int) -> Range<Int> {
        guard Double(wanted) < 0.85 * Double(count) else { return 0..<count }
        let start = min(max(0, (range.lowerBound + range.upperBound - wanted) / 2), count - wanted)
        return start..<start + wanted
    }
}
