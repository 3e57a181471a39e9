import Files
import Foundation
import InboxProcessing
import TestSupport
import Testing

struct `The register of inboxes and outboxes` {
    let site: Site
    init() throws { site = try Site() }

    private func register() -> FolderRegister { FolderRegister(stateDirectory: site.layout.root) }
    private var mark: String { site.inbox + "/" + FolderRegister.markName }

    @Test func `leaves a mark and knows the folder again`() throws {
        try register().confirm(site.inbox, requiresMount: false)
        #expect(FileManager.default.fileExists(atPath: mark))
        try register().confirm(site.inbox, requiresMount: false)
    }

    @Test func `takes a folder that was made anew on the same disk`() throws {
        try register().confirm(site.inbox, requiresMount: false)
        try FileManager.default.removeItem(atPath: site.inbox)
        #expect(throws: Problem.self) { try register().confirm(site.inbox, requiresMount: false) }
        try FileManager.default.createDirectory(atPath: site.inbox, withIntermediateDirectories: true)
        try register().confirm(site.inbox, requiresMount: false)
        #expect(FileManager.default.fileExists(atPath: mark))
    }

    @Test func `refuses folders that were exchanged`() throws {
        try register().confirm(site.inbox, requiresMount: false)
        try register().confirm(site.outbox, requiresMount: false)
        try FileManager.default.moveItem(atPath: site.inbox, toPath: site.root + "/x")
        try FileManager.default.moveItem(atPath: site.outbox, toPath: site.inbox)
        let trouble = try #require(register().trouble(with: site.inbox, requiresMount: false))
        #expect(trouble.reason.contains(site.outbox))
    }

    @Test func `asks for a mount where the route does`() throws {
        // The temporary folder may lie on a file system of its own; the state directory is on the same one.
        let trouble = try #require(register().trouble(with: site.inbox, requiresMount: true))
        #expect(trouble.reason.contains("requires_mount"))
    }

    @Test(.enabled(if: SmallFileSystem.isAvailable, "needs the right to mount a tmpfs"))
    func `takes nothing from a mount point whose disk is away, and goes on when it is back`() throws {
        let register = register()
        let context = RouteContext(route: site.route, engine: FakeEngine(), folders: register)
        let driver = try site.driver()
        var intake = RouteIntake(
            context: context, times: .init(settle: .seconds(10), incompleteAfter: .seconds(100)), recognizer: FakeRecognizer(),
            driver: driver)
        let start = ContinuousClock.now
        do {
            let disk = try #require(SmallFileSystem(over: site.inbox))
            _ = try intake.look(at: start)
            withExtendedLifetime(disk) {}
        }
        try site.drop("a.nii.gz")
        let error = #expect(throws: Problem.self) { try intake.look(at: start + .seconds(100)) }
        #expect(error?.reason.contains("Mount the disk") == true)
        #expect(site.tree("in") == ["a.nii.gz"])

        let back = try #require(SmallFileSystem(over: site.inbox))
        try site.drop("b.nii.gz")
        _ = try intake.look(at: start + .seconds(200))
        #expect(try intake.look(at: start + .seconds(300)).jobs.map(\.name) == ["b"])
        withExtendedLifetime(back) {}
    }

    @Test(.enabled(if: SmallFileSystem.isAvailable, "needs the right to mount a tmpfs"))
    func `publishes nothing into a mount point whose disk is away, unless it is told that this is meant`() throws {
        let register = register()
        let context = RouteContext(route: site.route, engine: FakeEngine(), folders: register)
        do {
            let disk = try #require(SmallFileSystem(over: site.outbox))
            try register.confirm(site.outbox, requiresMount: false)
            withExtendedLifetime(disk) {}
        }
        try site.drop("a.nii.gz")
        var job = try #require(try site.admit().first)
        let driver = try site.driver()
        while case .advanced(let next) = driver.advance(job, in: context), !next.state.isFinal { job = next }
        #expect(job.state == .predicted)
        #expect(site.tree("out").isEmpty)

        let advice = try #require(register.trouble(with: site.outbox, requiresMount: false)).reason
        let known = try #require(advice.firstRange(of: "echo ").map { advice[$0.upperBound...].prefix(36) })
        try Data(known.utf8).write(to: URL(filePath: site.outbox + "/" + FolderRegister.markName))
        while case .advanced(let next) = driver.advance(job, in: context), !job.state.isFinal { job = next }
        #expect(job.state == .done)
    }
}
