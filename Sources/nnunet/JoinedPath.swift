/// A path in a folder as Python's `os.path.join` makes it: files are named as the folder was, with no second slash.
func joinedPath(_ folder: String, _ name: String) -> String { folder.hasSuffix("/") ? folder + name : folder + "/" + name }
