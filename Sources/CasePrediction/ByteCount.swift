extension Int {
    /// A number of bytes for people: `63 MiB`, `1.38 GiB`.
    package var inBytes: String {
        let mebibytes = Double(self) / 1_048_576
        return mebibytes < 1024 ? "\(Int(mebibytes.rounded(.up))) MiB" : "\((mebibytes / 1024 * 100).rounded() / 100) GiB"
    }
}
