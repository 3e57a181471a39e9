import Glibc

@main
enum Program {
    static func main() {
        Interruption.install()
        exit(Invocation(arguments: CommandLine.arguments).run().rawValue)
    }
}
