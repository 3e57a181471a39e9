/// The 128-bit identifiers of the messages that the journal catalogue (`systemd/nnunetd.catalog`) explains.
package enum MessageID {
    /// The service has started and watches its inboxes.
    package static let started = "3f0d5c1e6b9a4e7f8c2d41a0b5e69701"
    /// The service ends.
    package static let stopping = "3f0d5c1e6b9a4e7f8c2d41a0b5e69702"
    /// A case was found complete and taken from an inbox.
    package static let admitted = "3f0d5c1e6b9a4e7f8c2d41a0b5e69703"
    /// A case's results are in the outbox.
    package static let published = "3f0d5c1e6b9a4e7f8c2d41a0b5e69704"
    /// A case failed and was put into quarantine.
    package static let quarantined = "3f0d5c1e6b9a4e7f8c2d41a0b5e69705"
    /// A case waits for something outside it, such as a full outbox.
    package static let waiting = "3f0d5c1e6b9a4e7f8c2d41a0b5e69706"
    /// A new configuration is in force.
    package static let reloaded = "3f0d5c1e6b9a4e7f8c2d41a0b5e69707"
    /// A new configuration was refused; the old one stays.
    package static let reloadRefused = "3f0d5c1e6b9a4e7f8c2d41a0b5e69708"
    /// Something in an inbox was left alone: a link, a device, an unreadable folder.
    package static let ignored = "3f0d5c1e6b9a4e7f8c2d41a0b5e69709"
    /// An inbox can't be read or watched at the moment.
    package static let inboxUnavailable = "3f0d5c1e6b9a4e7f8c2d41a0b5e6970a"
    /// Work didn't advance in time; the watchdog is no longer fed.
    package static let stalled = "3f0d5c1e6b9a4e7f8c2d41a0b5e6970b"
    /// A case is not complete yet: channels or slices are missing.
    package static let incomplete = "3f0d5c1e6b9a4e7f8c2d41a0b5e6970c"
    /// The ledger was lost or unreadable and is made anew from the folders.
    package static let ledgerRebuilt = "3f0d5c1e6b9a4e7f8c2d41a0b5e69730"
    /// Files stay in the inbox because somebody seems to be at work on them, or because they can't be read.
    package static let held = "3f0d5c1e6b9a4e7f8c2d41a0b5e6970d"
}
