package import CasePrediction
import Files
package import Foundation
package import SystemPackage

extension ServiceEvent {
    /// What happened, with what only this kind of event tells.
    package enum Kind: Sendable {
        case way(Way)
        case trouble(Trouble)
        case inbox(Inbox)
        case records(Records)
        case service(Life)
    }

    /// A case gets further on its way, or leaves it.
    package enum Way: Sendable, Equatable {
        /// It was recorded.
        case admitted
        /// It goes on from its working folder, which the ledger didn't know.
        case resumed
        case stepBegan
        case progressed(CaseProgress)
        /// Every step but `publish`.
        case stepDone
        /// The step `publish` is done.
        ///
        /// - `sinceAdmission`: s.
        case published(outbox: String, sinceAdmission: Double)
        /// Nothing is left to do.
        case over
        /// The service ends; the case goes on at the next start.
        case parked
        /// It was taken back from the inbox before it was claimed.
        case withdrawn
        /// A step that hung has come back.
        case cameBack
    }

    /// Something about a case that people may want to know or have to see to; the cause says it.
    package enum Trouble: Sendable, Equatable {
        /// A step found something unusual; the report says the same.
        case warned
        /// It is still in the inbox, for so long at most.
        case incomplete(left: Duration)
        /// The outbox holds its name already.
        case renamed(from: String)
        /// Its route asks for pseudonyms since it was taken on.
        case pseudonymised
        /// It goes on from an earlier step, which is given.
        case setBack(to: String)
        /// It is tried again after a pause, s.
        case waits(pause: Double, tries: Int, since: Date)
        /// It can't be processed; the advice says what to do.
        case refused(advice: String)
        /// A step has not come back for so long; nothing of the route goes on until it has, other routes do.
        case hung(Duration)
        /// The service ended during its step, for so many times in a way that counts against it.
        case died(Death, count: Int)
        /// Its `job.json` can't be written.
        case undescribed
        /// Its working folder can't be removed.
        case leftover
    }

    /// What a route's folders show.
    package enum Inbox: Sendable, Equatable {
        /// Left alone for good: its path below the inbox, and the inode by which it can be found where its name isn't shown.
        case ignored(String, inode: UInt64?)
        /// A drop of this title stays for a reason that is not what it holds.
        case held(String)
        /// The inbox can't be read.
        case unavailable
        case available
        /// It can't be asked whether names of cases are free.
        case placesUnavailable
        case placesAvailable
        /// A look at the inbox has not come back for so long.
        case looksLong(Duration)
        /// A folder below an inbox whose changes the kernel can't tell.
        case blind(folder: String, inbox: String)
        /// A folder that took another's place, in the cause's words.
        case replaced
    }

    /// What becomes of the ledger and of what only folders tell.
    package enum Records: Sendable, Equatable {
        /// The ledger can't be read and lies there now.
        case setAside(FilePath)
        /// It was made anew from the folders.
        case rebuilt(atWork: Int, done: Int, quarantined: Int)
        /// It can't be written.
        case failed
        case works
        /// Work that nothing explains is kept there.
        case workUnexplained(FilePath)
        case workUnreadable(FilePath)
        /// Published cases of a route stay unknown to a new ledger.
        case outboxUnread
    }

    /// What the service as a whole does.
    package enum Life: Sendable, Equatable {
        /// This configuration is in force from now on.
        case configured(ServiceConfiguration)
        /// The configuration holds what can hardly be meant.
        case configurationWarned
        case started(routes: [String])
        case reloaded
        case reloadRefused
        /// inotify can't be had.
        case watcherFailed
        /// Packed weights can't be kept or used.
        case cacheFailed
        /// How the service ended before, or will end, can't be told.
        case endUntold
        /// No case is at work.
        case idle
        /// The step named did not get on; the watchdog starves.
        case stalled
        case ending
        /// Running steps were left, to be repeated.
        case stepsLeft
    }
}
