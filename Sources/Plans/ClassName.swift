/// The class that a dotted name of Python's ends with: `torch.nn.Conv3d` gives `Conv3d`.
package func className(of name: String) -> String { name.split(separator: ".").last.map(String.init) ?? name }
