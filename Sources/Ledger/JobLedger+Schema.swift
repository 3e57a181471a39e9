import GRDB

extension JobLedger {
    /// One row for each job, one more for every state it reached; one for each case that waits in an inbox.
    static let migrator: DatabaseMigrator = {
        var migrator = DatabaseMigrator()
        for (name, statements) in migrations { migrator.registerMigration(name) { try $0.execute(sql: statements) } }
        return migrator
    }()

    /// In the order in which they were added; one that has been released never changes.
    private static let migrations = [
        ("jobs", jobs),
        ("failures", "ALTER TABLE job ADD COLUMN failures INTEGER NOT NULL DEFAULT 0"),
        ("deaths", deaths),
        ("dropped names", droppedNames),
        ("earlier", "ALTER TABLE job ADD COLUMN earlier TEXT"),
    ]

    private static let jobs = """
        CREATE TABLE job (
            id TEXT NOT NULL PRIMARY KEY,
            sequence INTEGER NOT NULL UNIQUE,
            route TEXT NOT NULL,
            inbox TEXT NOT NULL,
            name TEXT NOT NULL,
            kind TEXT NOT NULL,
            files TEXT NOT NULL,
            state TEXT NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0,
            admitted REAL NOT NULL,
            series TEXT,
            warnings TEXT NOT NULL,
            timings TEXT NOT NULL,
            refusal TEXT,
            refusedAt TEXT
        );
        CREATE INDEX jobOfState ON job (state);
        CREATE TABLE arrow (
            job TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
            state TEXT NOT NULL,
            time REAL NOT NULL,
            seconds REAL
        );
        CREATE INDEX arrowOfJob ON arrow (job);
        """

    private static let deaths = """
        ALTER TABLE job ADD COLUMN begun TEXT;
        ALTER TABLE job ADD COLUMN deaths TEXT NOT NULL DEFAULT '[]';
        ALTER TABLE job ADD COLUMN unexplainedDeaths INTEGER NOT NULL DEFAULT 0;
        """

    private static let droppedNames = """
        ALTER TABLE job ADD COLUMN droppedName TEXT NOT NULL DEFAULT '';
        UPDATE job SET droppedName = name;
        CREATE TABLE waiting (
            id TEXT NOT NULL PRIMARY KEY,
            route TEXT NOT NULL,
            droppedName TEXT NOT NULL,
            path TEXT NOT NULL,
            UNIQUE (route, droppedName)
        );
        """
}
