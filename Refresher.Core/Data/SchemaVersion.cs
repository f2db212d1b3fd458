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
        // Asked first: EF logs an error when it reads a history that is not there, and a new database has none.
        var exists = await database.GetService<IHistoryRepository>().ExistsAsync(cancel);
        return exists ? [.. await database.GetPendingMigrationsAsync(cancel)] : [.. database.GetMigrations()];
    }
}
