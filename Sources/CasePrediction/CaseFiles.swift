/// One case as nnU-Net takes it: one NIfTI file for each channel, in channel order.
package struct CaseFiles: Sendable, Equatable, Codable {
    /// The case's name: its results are `<name>` with the file ending.
    package let name: String
    /// The channel files, channel 0 first.
    package let channelPaths: [String]

    /// Joins a name and its channel files.
    package init(name: String, channelPaths: [String]) {
        self.name = name
        self.channelPaths = channelPaths
    }
}
