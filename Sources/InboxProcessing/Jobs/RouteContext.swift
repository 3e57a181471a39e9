import Files

/// A route with its models ready to be used.
package struct RouteContext: Sendable {
    package let route: ServiceConfiguration.Route
    package let engine: any CaseEngine
    /// Knows inbox and outbox again; nil where they are taken as they are.
    let folders: FolderRegister?

    package init(route: ServiceConfiguration.Route, engine: any CaseEngine, folders: FolderRegister? = nil) {
        self.route = route
        self.engine = engine
        self.folders = folders
    }

    var outbox: OutboxLayout { OutboxLayout(root: route.outbox) }

    /// Makes sure that an inbox or outbox is there and the one it was.
    func confirm(_ folder: String) throws(Problem) {
        try folders?.confirm(folder, requiresMount: route.requiresMount)
    }
}
