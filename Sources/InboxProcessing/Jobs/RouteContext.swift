/// A route with its models ready to be used.
package struct RouteContext: Sendable {
    package let route: ServiceConfiguration.Route
    package let engine: any CaseEngine

    package init(route: ServiceConfiguration.Route, engine: any CaseEngine) {
        self.route = route
        self.engine = engine
    }

    var outbox: OutboxLayout { OutboxLayout(root: route.outbox) }
}
