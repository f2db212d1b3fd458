using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Refresher.Core.Data;

/// <summary>How far the database's schema is behind this program's.</summary>
internal static class SchemaVersion
{
    /// <summary>The migrations still to be applied, in their order.</summary>
    public static async Task<IReadOnlyList<string>> PendingAsync(DatabaseFacade database, CancellationToken cancel)
    {
        // Asked in SQL: a new database has no history yet, and EF logs an error when it looks for it by reading it.
        var exists = await database
            .SqlQuery<bool>($"SELECT to_regclass({'"' + HistoryRepository.DefaultTableName + '"'}) IS NOT NULL AS \"Value\"")
            .SingleAsync(cancel);
        return exists ? [.. await database.GetPendingMigrationsAsync(cancel)] : [.. database.GetMigrations()];
    }
}
