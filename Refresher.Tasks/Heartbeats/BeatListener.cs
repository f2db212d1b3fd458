using Microsoft.Extensions.Logging;
using Npgsql;
using Refresher.Core.Data;
using Refresher.Core.Execution;

namespace Refresher.Tasks.Heartbeats;

/// <summary>
/// Says every few seconds that an Api is there to be called, and notes from when to when none was, or none reached PostgreSQL. Runs in every Api;
/// any of them is enough. In other processes it does nothing.
/// </summary>
internal sealed class BeatListener(NpgsqlDataSource database, IEnumerable<NodeRole> roles, TimeProvider clock, SchemaGate gate, ILogger<BeatListener> log) : Loop(gate, log)
{
    /// <summary>Longer without a word is an interruption.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(6);

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    private const string Sql = """
        INSERT INTO heartbeat_listening AS l (id, at) VALUES (1, $1)
        ON CONFLICT (id) DO UPDATE SET
            lost_at = CASE WHEN $1 - l.at > $2 THEN l.at ELSE l.lost_at END, back_at = CASE WHEN $1 - l.at > $2 THEN $1 ELSE l.back_at END, at = GREATEST(l.at, $1)
        """;

    private readonly bool _listens = roles.Any(role => role.Name == "api");

    private bool _said;

    protected override Task WaitAsync(CancellationToken cancel)
    {
        var wait = !_listens ? Timeout.InfiniteTimeSpan : _said ? Period : TimeSpan.Zero;
        return Task.Delay(wait, clock, cancel);
    }

    protected override async Task RunOnceAsync(CancellationToken cancel)
    {
        await using var say = database.CreateCommand(Sql);
        say.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = clock.GetUtcNow() }, new() { Value = Silence } });
        await say.ExecuteNonQueryAsync(cancel);
        _said = true;
    }
}
