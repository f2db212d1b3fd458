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
        var database = scope.ServiceProvider.GetRequiredService<RefresherDb>().Database;
        var pending = await SchemaVersion.PendingAsync(database, cancel);
        if (pending.Count > 0)
        {
            await database.MigrateAsync(cancel);
            LogMigrated(pending.Count, pending[^1]);
        }

        await roles.EnsureAsync(cancel);
        await clock.Synchronized.WaitAsync(cancel);
        await scope.ServiceProvider.GetRequiredService<FirstStart>().RunAsync(cancel);
        await scope.ServiceProvider.GetRequiredService<DeclaredSchedules>().ApplyAsync(cancel);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "PostgreSQL is not there yet: {Reason}. Trying again.")]
    private partial void LogWaiting(string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Applied {Count} migration(s), up to {Last}.")]
    private partial void LogMigrated(int count, string last);

    [LoggerMessage(Level = LogLevel.Error, Message = "The schema could not be brought up to date. Trying again.")]
    private partial void LogFailed(Exception error);
}
