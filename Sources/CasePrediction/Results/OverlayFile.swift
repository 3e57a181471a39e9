package import Files
import ImageFiles
package import NIfTI
import Plans
import Reporting

/// The picture that a radiologist looks at first, drawn over the first channel; a case that can't be drawn goes on without it.
package struct OverlayFile: ResultFile {
    let predictor: CasePredictor

    package var step: CaseStep { .overlay }
    package var ending: String { "_overlay.png" }

    package init(predictor: CasePredictor) { self.predictor = predictor }

    package var isOptional: Bool { true }

    package func write(_ outcome: borrowing CaseOutcome, _ record: inout CaseRecord, to path: String) throws(Problem) {
        let image = try readImage(paths: [record.files.channelPaths[0]], as: outcome.readerWriter)
        let survey = record.survey(of: outcome.labels)
        do throws(Problem) {
            try renderOverlay(image: image.image, labels: outcome.labels, survey: survey, request: request(record)).write(to: path)
        } catch {
            guard error.kind != .unwritable else { throw error }
            record.warnings.append("the overlay could not be drawn: \(error)")
        }
    }

    package func verify(_ path: String, of caseName: String, onGridOf input: ImageSource) throws(Problem) {
        _ = try PNGImage(contentsOf: path)
    }

    private func request(_ record: CaseRecord) -> OverlayRequest {
        let first = predictor.description
        let isCT = first.configuration.normalizationSchemes.first == .ct
        let range = first.plans.intensityProperties.first
        let names = predictor.models.map { "\($0.folder.plans.datasetName) \($0.folder.configurationName)" }
        return OverlayRequest(
            caseName: record.files.name,
            modelName: (record.assumesWholeness ? "completeness assumed, not known; " : "") + names.joined(separator: " + "),
            labelNames: first.labels.names,
            regions: predictor.regions,
            window: isCT ? range.map { .ct(low: $0.percentile005, high: $0.percentile995) } ?? .percentiles : .percentiles,
            intensityUnit: isCT ? "HU" : "")
    }
}

extension CasePredictor {
    /// The regions as dataset.json defines them; none for a model of exclusive labels.
    var regions: [LabelRegion] {
        let labels = description.labels
        return labels.hasRegions ? labels.structures.map { LabelRegion(name: $0.name, values: $0.values) } : []
    }
}
