/// Why more than one slice lies at a position, and what to do about it.
struct DICOMSharedPlaces {
    /// What the slices differ in, as a clause.
    let clause: String
    /// The way out that fits it.
    let advice: String

    /// - `places`: the slices of each position that has several; along the normal, sorted.
    init(places: [[DICOMSlice]], normal: SIMD3<Double>, pixelSpacing: Double) {
        let slices = places.flatMap(\.self)
        let sideways = places.contains { place in
            place.contains { slice in
                let offset = slice.position - place[0].position
                return (offset - normal * offset.dot(normal)).length > DICOMTolerance.sidewaysPartOfPixel * pixelSpacing
            }
        }
        if sideways {
            clause = "they lie beside each other in the same planes, as stacks of two regions do"
            advice = "send each stack as a series or in a folder of its own"
            return
        }
        let causes = DICOMAcquisitionDifference.all(slices.map(\.file)).filter { difference in
            var start = 0
            return places.allSatisfy { place in
                defer { start += place.count }
                return Set(difference.values[start..<(start + place.count)]).count == place.count
            }
        }
        guard let first = causes.first else {
            clause = "their pixels differ, and no attribute that is known here tells them apart"
            advice = "send the slices of one acquisition only, in a folder of its own"
            return
        }
        clause = "they are several acquisitions or reconstructions: " + causes.prefix(3).map(\.clause).joined(separator: "; ")
        advice = Self.advice(first.attribute.name)
    }

    /// What to do with acquisitions that an attribute tells apart.
    static func advice(_ attribute: String) -> String {
        "send only the one that the model is meant for, or each in a folder of its own: \(attribute) tells them apart"
    }
}
