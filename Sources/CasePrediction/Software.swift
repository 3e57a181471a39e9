/// What this program calls itself in reports and version texts.
package enum Software {
    /// The project's name.
    package static let name = "nnunetd"
    /// The version of daemon and command line.
    package static let version = "0.1.0"
}
