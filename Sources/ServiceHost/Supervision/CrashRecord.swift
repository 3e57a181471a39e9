package import Files
import Glibc
package import SystemPackage

/// A file in which a crash of this process leaves its signal and the part of the service that crashed; read at the next start.
///
/// A service manager tells the signal too, but not whose fault it was, and not every machine has one.
package enum CrashRecord {
    /// A crash of an earlier process.
    package struct Crash: Sendable, Equatable {
        /// The signal's number.
        package let signal: Int32
        /// What `attributing(to:)` said on the thread that crashed; nil on a thread of no part.
        package let part: String?

        /// Joins signal and part.
        package init(signal: Int32, part: String?) {
            self.signal = signal
            self.part = part
        }
    }

    /// The signals by which a process ends through a fault of its own.
    package static let signals = [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS]

    nonisolated(unsafe) private static var file: OpenFile?  // written before a handler is installed, never after
    nonisolated(unsafe) private static var descriptor: Int32 = -1  // likewise
    nonisolated(unsafe) private static var partKey: pthread_key_t = 0  // likewise
    private static let longest = 256

    /// Gives the crash that an earlier process left, and removes its record.
    package static func take(from path: FilePath) throws(Problem) -> Crash? {
        let file: OpenFile
        do {
            file = try OpenFile(path, [.reading, .noFollow])
        } catch {
            if error.isAbsence { return nil }
            throw .refused("read", path: path, error)
        }
        let crash = read(file)
        try FileSystem.removeFile(path)
        return crash
    }

    /// Makes the file for this process's crash and takes the signals; each still ends the process as before.
    package static func begin(at path: FilePath) throws(Problem) {
        do {
            file = try OpenFile(path, [.readingAndWriting, .create, .truncate, .noFollow], mode: 0o600)
        } catch {
            throw .refused("written", path: path, error)
        }
        let failure = pthread_key_create(&partKey, nil)
        guard failure == 0, let file else { throw .refused("written", path: path, SystemError(failure)) }
        descriptor = file.descriptor
        for number in signals {
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { CrashRecord.write($0) }
            action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND)) | SA_ONSTACK
            sigaction(number, &action, nil)
        }
    }

    /// While the body runs, a crash on this thread is the part's.
    package static func attributing<Value, Failure: Error>(
        to part: String, _ body: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        guard descriptor >= 0 else { return try body() }
        let (name, outer) = (strdup(part), pthread_getspecific(partKey))
        pthread_setspecific(partKey, name)
        defer {
            pthread_setspecific(partKey, outer)
            free(name)
        }
        return try body()
    }

    /// Runs in the crash: only calls that are safe in a signal handler, no memory of the heap.
    private static func write(_ number: Int32) {
        var number = number
        _ = withUnsafeBytes(of: &number) { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
        if let part = pthread_getspecific(partKey) {
            _ = pwrite(descriptor, part, min(strlen(part.assumingMemoryBound(to: CChar.self)), longest), MemoryLayout<Int32>.size)
        }
        raise(number)  // delivered when the handler returns; its own action is the default again
    }

    private static func read(_ file: OpenFile) -> Crash? {
        var bytes = [UInt8](repeating: 0, count: MemoryLayout<Int32>.size + longest)
        let count = (try? file.fill(&bytes, at: 0)) ?? 0
        guard count >= MemoryLayout<Int32>.size else { return nil }
        let number = bytes.withUnsafeBytes { $0.loadUnaligned(as: Int32.self) }
        let part = String(decoding: bytes[MemoryLayout<Int32>.size..<count], as: UTF8.self)
        return Crash(signal: number, part: part.isEmpty ? nil : part)
    }

    /// A signal as people write it: `SIGSEGV`.
    package static func name(of signal: Int32) -> String {
        let names: [Int32: String] = [
            SIGSEGV: "SIGSEGV", SIGBUS: "SIGBUS", SIGILL: "SIGILL", SIGFPE: "SIGFPE", SIGABRT: "SIGABRT", SIGTRAP: "SIGTRAP",
            SIGSYS: "SIGSYS",
        ]
        return names[signal] ?? "signal \(signal)"
    }
}
