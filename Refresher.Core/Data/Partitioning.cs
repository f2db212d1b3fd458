using Microsoft.EntityFrameworkCore.Migrations;

namespace Refresher.Core.Data;

/// <summary>What EF's migrations cannot say: that a new table is partitioned.</summary>
public static class Partitioning
{
    /// <summary>
    /// Turns a table that this migration has just made, and that has no index but its primary key, into one partitioned by range of
    /// <paramref name="column"/>. Write it by hand right after the last <c>CreateTable</c> of a migration.
    /// </summary>
    /// <param name="primaryKey">The columns of the primary key; <paramref name="column"/> must be among them.</param>
    public static void PartitionByRange(this MigrationBuilder migration, string table, string column, params string[] primaryKey) => migration.Sql($"""
        ALTER TABLE {table} RENAME TO {table}_plain;
        CREATE TABLE {table} (LIKE {table}_plain INCLUDING DEFAULTS) PARTITION BY RANGE ({column});
        DROP TABLE {table}_plain;
        ALTER TABLE {table} ADD CONSTRAINT pk_{table} PRIMARY KEY ({string.Join(", ", primaryKey)});
        """);
}
