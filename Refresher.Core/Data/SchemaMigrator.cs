using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Refresher.Core.Schedules.Declared;

namespace Refresher.Core.Data;

/// <summary>
/// Applies the migrations at a scheduler's start, under EF's lock so that several may start at once, and then sets up the roles that only read, the first login,
/// the examples and the schedules that kinds declare. PostgreSQL may come later than we do: it waits and says so.
/// </summary>
internal sealed partial class SchemaMigrator(IServiceScopeFactory scopes, DatabaseRoles roles, ClusterClock clock, ILogger<SchemaMigrator> log) : BackgroundService
{
    private volatile bool _done;

    /// <summary>True when the schema, the first login, the examples and the declared schedules are there.</summary>
    public bool IsDone => _done;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var wait = new Backoff(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(3));
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await MigrateAsync(stoppingToken);
                _done = true;
                return;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (error.GetBaseException() is NpgsqlException { IsTransient: true } or PostgresException { SqlState: PostgresErrorCodes.CannotConnectNow } or System.Net.Sockets.SocketException or TimeoutException)
            {
                LogWaiting(error.GetBaseException().Message);
                await wait.DelayAsync(stoppingToken);
            }
            catch (Exception error)
            {
                // Not a matter of waiting, yet the process stays: its health says what is wrong, and a repaired database is enough to go on.
                LogFailed(error);
                await wait.DelayAsync(stoppingToken);
            }
        }
    }

    private async Task MigrateAsync(CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<RefresherDb>();
        var pending = await SchemaVersion.PendingAsync(db.Database, cancel);
        if (pending.Count > 0)
        {
            CheckDrift(db);
            await db.Database.MigrateAsync(cancel);
            LogMigrated(pending.Count, pending[^1]);
        }

        await roles.EnsureAsync(cancel);
        await clock.Synchronized.WaitAsync(cancel);
        await scope.ServiceProvider.GetRequiredService<FirstStart>().RunAsync(cancel);
        await scope.ServiceProvider.GetRequiredService<DeclaredSchedules>().ApplyAsync(cancel);
    }

    /// <summary>What lacks a migration would fail later, and worse. Tables that nothing maps any more only lie there.</summary>
    private void CheckDrift(RefresherDb db)
    {
        var drift = SchemaDrift.Of(db);
        if (drift.Missing.Count > 0)
        {
            throw new InvalidOperationException($"The model has what no migration brings ({string.Join(", ", drift.Missing.Distinct())}). Type: ./refresher migration NAME");
        }

        if (drift.Unused.Count > 0)
        {
            var tables = string.Join(", ", drift.Unused);
            LogUnused(tables);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Nothing maps these tables any more; the next migration drops them: {Tables}.")]
    private partial void LogUnused(string tables);

    [LoggerMessage(Level = LogLevel.Warning, Message = "PostgreSQL is not there yet: {Reason}. Trying again.")]
    private partial void LogWaiting(string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Applied {Count} migration(s), up to {Last}.")]
    private partial void LogMigrated(int count, string last);

    [LoggerMessage(Level = LogLevel.Error, Message = "The schema could not be brought up to date. Trying again.")]
    private partial void LogFailed(Exception error);
}
