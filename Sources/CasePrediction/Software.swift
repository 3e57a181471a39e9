/// What this program calls itself in reports and version texts.
public enum Software {
    /// The project's name.
    public static let name = "nnunetd"
    /// The version of daemon and command line.
    public static let version = "0.1.0"
}
