import CasePrediction
import DICOM
import Foundation
import Imaging
import NIfTI
import TrainedModels

/// Collects what is to be said about a file or folder.
enum Inspection {
    /// A checkpoint file on its own.
    static func checkpoint(_ path: String) throws -> Facts {
        let checkpoint = try Checkpoint.open(path: path)
        var facts = Facts()
        facts.add("kind", "nnU-Net checkpoint")
        facts.add("path", path)
        facts.add("trainer", checkpoint.trainerName)
        facts.add("configuration", checkpoint.configurationName)
        facts.add("mirroring_axes", checkpoint.mirroringAxes ?? [])
        facts.add("weights", checkpoint.weightNames.count)
        facts.add("sha256", checkpoint.sha256)
        return facts
    }

    /// A NIfTI file by its header.
    static func nifti(_ path: String) throws -> Facts {
        let header = try NIfTIHeaderSummary(path: path)
        var facts = Facts()
        facts.add("kind", "NIfTI-\(header.version) file")
        facts.add("path", path)
        facts.add("bytes", header.fileSize)
        facts.add("compressed", .bool(header.isCompressed))
        facts.add("dimensions", header.dimensions)
        facts.add("datatype", header.datatype)
        facts.add("pixdim", header.pixdim)
        facts.add("qform_code", header.qformCode)
        facts.add("sform_code", header.sformCode)
        facts.add("scl_slope", .number(header.slope))
        facts.add("scl_inter", .number(header.intercept))
        if let geometry = header.geometry { facts.add("grid", grid(geometry).json) }
        facts.add("refused_by_itk", header.refusal)
        return facts
    }

    /// The DICOM series below a folder.
    static func dicomFolder(_ path: String) throws -> Facts {
        let found = try CaseGrouping.dicomCases(in: path)
        guard !found.cases.isEmpty else {
            if let other = found.damaged.first ?? found.otherObjects.first(where: { DICOMProbe.isDICOM(path: $0.path) }) {
                throw Failure(.badInput, "\(path): no DICOM series that can be used: \(other.path) \(other.reason)")
            }
            throw Failure(.badInput, "\(path): neither a model folder (no plans.json) nor one with DICOM series")
        }
        var facts = Facts()
        facts.add("kind", "folder of DICOM series")
        facts.add("path", path)
        facts.add("cases", .array(found.cases.map { series($0).json }))
        facts.add("passed_over", found.passedOver.map { "\($0.path): \($0.reason)" })
        return facts
    }

    /// One DICOM file.
    static func dicomFile(_ path: String) throws -> Facts {
        let header = try DICOMProbe.header(path: path)
        var facts = Facts()
        facts.add("kind", "DICOM file")
        facts.add("path", path)
        facts.add("modality", header.modality)
        facts.add("series_number", header.seriesNumber)
        facts.add("series_uid", header.seriesInstanceUID)
        facts.add("rows", header.rows)
        facts.add("columns", header.columns)
        facts.add("frames", header.numberOfFrames)
        facts.add("transfer_syntax", header.transferSyntaxUID)
        facts.add("sop_class", header.sopClassUID)
        return facts
    }

    private static func series(_ item: DICOMCase) -> Facts {
        var facts = Facts()
        facts.add("case", item.name)
        facts.add("modality", item.series.modality)
        facts.add("series_number", item.series.seriesNumber)
        facts.add("files", item.series.files.count)
        do {
            let regular = try item.regularSeries()
            facts.add("grid", grid(regular.geometry).json)
            facts.add("notes", regular.warnings)
        } catch {
            facts.add("refused", "\(error)")
        }
        return facts
    }

    static func grid(_ geometry: ImageGeometry) -> Facts {
        var facts = Facts()
        facts.add("size", [geometry.size.x, geometry.size.y, geometry.size.z])
        facts.add("spacing_mm", [geometry.spacing.x, geometry.spacing.y, geometry.spacing.z])
        facts.add("origin_mm", [geometry.origin.x, geometry.origin.y, geometry.origin.z])
        facts.add("direction", geometry.direction.elements)
        return facts
    }
}
