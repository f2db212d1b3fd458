using Microsoft.Extensions.Configuration;
using Npgsql;

namespace Refresher.Tasks.Backup;

/// <summary>
/// Puts a backup into an empty database: <c>dotnet Refresher.Worker.dll restore FILE</c>, with the configuration of a worker. It never writes over anything.
/// </summary>
public static class Restore
{
    /// <summary>As <c>restore FILE</c> asks for it.</summary>
    public static Task<int> RunAsync(IConfiguration configuration, string[] words) => words is [var file] ? RunAsync(configuration, file) : RefuseAsync("Which backup? Type: restore FILE");

    /// <summary>Restores and says so on the console.</summary>
    /// <returns>The exit code: 0 when everything is there; on any failure nothing is.</returns>
    public static async Task<int> RunAsync(IConfiguration configuration, string file, CancellationToken cancel = default)
    {
        var connection = configuration.GetConnectionString("refresher") ?? throw new InvalidOperationException("ConnectionStrings:refresher is missing: the database to restore into.");
        var settings = configuration.GetSection(BackupSettings.Section).Get<BackupSettings>() ?? new();
        if (!File.Exists(file))
        {
            return await RefuseAsync($"There is no file {file}.");
        }

        var there = await TablesAsync(connection, cancel);
        if (there > 0)
        {
            return await RefuseAsync($"The database has {there} tables already. A backup is restored into an empty one: stop every service, drop the database, create it anew and begin again.");
        }

        // One transaction: all of it, or nothing.
        string[] arguments = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--no-password", $"--dbname={new NpgsqlConnectionStringBuilder(connection).Database}", file];
        if (await PgProgram.RunAsync(settings.PgRestore, arguments, connection, _ => { }, cancel) is { } failed)
        {
            return await RefuseAsync(failed);
        }

        // What pg_restore writes has no statistics yet, and plans without them are slow.
        await using var source = NpgsqlDataSource.Create(connection);
        await using var analyze = source.CreateCommand("ANALYZE");
        analyze.CommandTimeout = 0;
        await analyze.ExecuteNonQueryAsync(cancel);
        await Console.Out.WriteLineAsync($"Restored {await TablesAsync(connection, cancel)} tables from {Path.GetFileName(file)}. Empty Redis before you start the services: it may remember what the backup does not.");
        return 0;
    }

    private static async Task<long> TablesAsync(string connection, CancellationToken cancel)
    {
        await using var source = NpgsqlDataSource.Create(connection);
        await using var count = source.CreateCommand("SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace");
        return (long)(await count.ExecuteScalarAsync(cancel))!;
    }

    private static async Task<int> RefuseAsync(string reason)
    {
        await Console.Error.WriteLineAsync(reason);
        return 1;
    }
}
