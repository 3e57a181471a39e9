package import Files
import Glibc

/// A user with the groups a service of its has.
package struct ServiceAccount: Sendable, Equatable {
    /// The user's name.
    package let user: String
    /// The name of its first group.
    package let group: String
    private let uid: uid_t
    private let gid: gid_t
    private let groups: [gid_t]

    /// The account of a unit's `User=`, `Group=` and `SupplementaryGroups=`; nil where the user or the group isn't there.
    package init?(user: String, group: String? = nil, supplementaryGroups: [String] = []) {
        guard let entry = getpwnam(user) else { return nil }
        let first = entry.pointee.pw_gid
        let own: gid_t? = if let group { getgrnam(group)?.pointee.gr_gid } else { first }
        guard let own else { return nil }
        var count: Int32 = 256
        var groups = [gid_t](repeating: 0, count: Int(count))
        let isComplete = getgrouplist(user, own, &groups, &count) >= 0
        self.user = user
        self.group = getgrgid(own).map { String(cString: $0.pointee.gr_name) } ?? "\(own)"
        uid = entry.pointee.pw_uid
        gid = own
        self.groups = (isComplete ? Array(groups[..<Int(count)]) : [own]) + supplementaryGroups.compactMap { getgrnam($0)?.pointee.gr_gid }
    }

    /// The user this process runs as; nil where it has no name.
    package static var current: ServiceAccount? {
        getpwuid(geteuid()).flatMap { ServiceAccount(user: String(cString: $0.pointee.pw_name)) }
    }

    /// Whether this process runs as this user.
    package var isCurrent: Bool { geteuid() == uid }

    /// Makes this process, root's until now, this user's for good; false where it can't be.
    package func become() -> Bool {
        setgroups(groups.count, groups) == 0 && setgid(gid) == 0 && setuid(uid) == 0
    }

    /// Whether a folder's mode lets this user read it, write to it and enter it; lists of access rights (ACLs) are not known here.
    package func mayUse(_ folder: FileStatus) -> Bool {
        let mode = folder.permissions
        let bits = folder.owner == uid ? mode >> 6 : groups.contains(folder.group) ? mode >> 3 : mode
        return uid == 0 || bits & 7 == 7
    }
}
