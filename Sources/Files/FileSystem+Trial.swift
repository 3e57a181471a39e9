import Glibc
package import SystemPackage

extension FileSystem {
    /// Writes a block to a file without a name in a folder; what keeps this process from that, or nil.
    package static func obstacleToWriting(in folder: FilePath) -> SystemError? {
        do throws(SystemError) {
            let file = try trialFile(in: folder)
            try file.write([UInt8](repeating: 0, count: 4096))
            try file.synchronize()
            return nil
        } catch {
            return error
        }
    }

    private static func trialFile(in folder: FilePath) throws(SystemError) -> OpenFile {
        do {
            return try OpenFile(folder, [.writing, .nameless], mode: 0o600)
        } catch {
            guard error.isUnsupported || error.isAbsence || error.code == EISDIR else { throw error }
            let path = folder.appending(".nnunetd-check-\(getpid())")  // shares and old kernels
            let file = try OpenFile(path, [.writing, .createNew, .noFollow], mode: 0o600)
            _ = path.withPlatformString { unlink($0) }
            return file
        }
    }
}
