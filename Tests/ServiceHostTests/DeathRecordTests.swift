import Files
import Foundation
import ServiceHost
import SystemPackage
import TestSupport
import Testing

struct `A process that crashed` {
    @Test(arguments: [SIGSEGV, SIGABRT, SIGILL])
    func `leaves its signal and the part that crashed`(signal: Int32) async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("crash")
        await #expect(processExitsWith: .signal(signal)) { [path = path as String, signal] in
            try CrashRecord.begin(at: FilePath(path))
            CrashRecord.attributing(to: "a part") {
                // Threads of the pool block SIGABRT; abort() unblocks it, as a library that gives up would.
                if signal == SIGABRT { abort() }
                raise(signal)
            }
        }
        #expect(try CrashRecord.take(from: FilePath(path)) == .init(signal: signal, part: "a part"))
        #expect(try CrashRecord.take(from: FilePath(path)) == nil)
    }

    @Test func `names no part where the crash came outside of one`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("crash")
        await #expect(processExitsWith: .signal(SIGBUS)) { [path = path as String] in
            try CrashRecord.begin(at: FilePath(path))
            CrashRecord.attributing(to: "a part") {}
            raise(SIGBUS)
        }
        #expect(try CrashRecord.take(from: FilePath(path)) == .init(signal: SIGBUS, part: nil))
    }

    @Test func `leaves nothing when it was killed`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("crash")
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            try CrashRecord.begin(at: FilePath(path))
            kill(getpid(), SIGKILL)
        }
        #expect(try CrashRecord.take(from: FilePath(path)) == nil)
    }
}
