import CLinux
import Glibc
package import SystemPackage

extension FileSystem {
    /// Whether a part of a file was never written: its size was set beforehand, or its end was moved. Compressing file systems may show a
    /// long run of zeros as such a part.
    package static func hasHoles(_ path: FilePath) throws(Problem) -> Bool {
        let file = try openToRead(path)
        do throws(SystemError) {
            let size = try file.status().facts.size
            guard size > 0 else { return false }
            return try SystemError.repeating { lseek(file.descriptor, 0, Int32(linux_seek_hole)) } < size
        } catch {
            if error.isUnsupported { return false }  // the file system keeps no account of them
            throw .refused("examined", path: path, error)
        }
    }
}
