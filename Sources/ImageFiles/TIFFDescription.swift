import PythonFormats

/// What the first page of a TIFF file says about the array that its pages make, as tifffile, ImageJ and OME write it.
struct TIFFDescription {
    private let text: String

    init(_ text: String) { self.text = text }

    /// The array's shape as tifffile notes it (`{"shape": [5, 6, 7]}`), which tells a volume of one slice from a plane; empty without one.
    var shape: [Int] {
        guard text.hasPrefix("{"), let json = try? OrderedJSON(parsing: text.utf8, path: "") else { return [] }
        let sizes = json["shape"]?.elements?.compactMap(\.integer) ?? []
        return sizes.count == json["shape"]?.elements?.count && sizes.allSatisfy { $0 > 0 } ? sizes : []
    }

    /// Why pages would not be the slices of one volume; nil where nothing says so.
    func refusal(pages: Int) -> String? {
        if text.hasPrefix("ImageJ=") {
            let counts = ["channels", "slices", "frames"].filter { number(of: $0) > 1 }
            if counts.count > 1 {
                return "ImageJ says that it has several \(counts.joined(separator: " and ")); save one file for each volume"
            }
            if number(of: "images") > pages { return "ImageJ keeps its \(number(of: "images")) images behind one page; save it as pages" }
        }
        guard text.contains("<OME") else { return nil }
        let isSimple = text.contains("SizeC=\"1\"") && text.contains("SizeT=\"1\"")
        return isSimple ? nil : "OME says that it has several channels or points in time; save one file for each volume"
    }

    private func number(of key: String) -> Int {
        for line in text.split(whereSeparator: \.isNewline) where line.hasPrefix(key + "=") {
            return Int(line.dropFirst(key.count + 1)) ?? 1
        }
        return 1
    }
}
