using Microsoft.Extensions.Logging;
using Npgsql;
using Refresher.Core.Data;
using Refresher.Core.Execution;
using Refresher.Core.Watch;

namespace Refresher.Tasks.SiteMonitor.Checking;

/// <summary>Stamps the mark that sites are checked: while checks come in, or while there is nothing to check. It falls behind when every site that should be checked has gone stale.</summary>
internal sealed class CheckLiveness(NpgsqlDataSource database, LivenessMarks marks, TimeProvider clock, SchemaGate gate, ILogger<CheckLiveness> log) : Loop(gate, log)
{
    /// <summary>How old the mark may be for the watchdog to call.</summary>
    public static readonly TimeSpan Within = TimeSpan.FromMinutes(2);

    private const string Sql = """
        SELECT NOT EXISTS (SELECT FROM site_states WHERE paused_at IS NULL) OR EXISTS (SELECT FROM site_states WHERE paused_at IS NULL AND stale_at > $1)
        """;

    protected override Task WaitAsync(CancellationToken cancel) => Task.Delay(TimeSpan.FromSeconds(5), clock, cancel);

    protected override async Task RunOnceAsync(CancellationToken cancel)
    {
        await using var look = database.CreateCommand(Sql);
        look.Parameters.Add(new() { Value = clock.GetUtcNow() });
        if (await look.ExecuteScalarAsync(cancel) is true)
        {
            await marks.StampAsync(LivenessMarks.Checks, cancel);
        }
    }
}
