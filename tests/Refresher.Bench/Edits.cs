using System.Diagnostics;
using System.Text.Json;
using Npgsql;
using Refresher.Core;
using Refresher.Core.Schedules;
using Refresher.Testing;

namespace Refresher.Bench;

/// <summary>Edits schedules that are not due, as people and programs would; one now and then makes its schedule due, to see how soon an edit acts.</summary>
internal sealed class Edits(EngineHost editor, NpgsqlDataSource source)
{
    private static readonly TimeSpan ProbeEvery = TimeSpan.FromSeconds(2);

    // Due in the future even if the edit takes a while on a machine that is busy.
    private static readonly TimeSpan ProbeAhead = TimeSpan.FromMilliseconds(300);

    private readonly List<(Guid Schedule, DateTime From)> _probes = [];

    /// <summary>What was managed.</summary>
    public double PerSecond { get; private set; }

    /// <param name="perSecond">What is tried.</param>
    public async Task MakeAsync(int perSecond, TimeSpan time)
    {
        var ids = await IdsAsync();
        var (began, made, probed) = (Stopwatch.StartNew(), 0, TimeSpan.Zero);
        while (began.Elapsed < time)
        {
            if (began.Elapsed - probed >= ProbeEvery && _probes.Count < ids.Count)
            {
                // From the end of the list, which the other edits reach only when there are fewer schedules than edits.
                await ProbeAsync(ids[^(_probes.Count + 1)]);
                probed = began.Elapsed;
            }

            await UpdateAsync(ids[made % ids.Count], $"Edited {made}", new { type = "cron", cron = "0 0 1 1 *", timeZone = "UTC" });
            made++;
            var ahead = TimeSpan.FromSeconds((double)made / perSecond) - began.Elapsed;
            if (ahead > TimeSpan.Zero)
            {
                await Task.Delay(ahead);
            }
        }

        PerSecond = made / began.Elapsed.TotalSeconds;
    }

    /// <summary>Milliseconds from the beginning of an edit that makes its schedule due 300 ms later to the start of its run; infinite for one that was never seen.</summary>
    public async Task<IReadOnlyCollection<double>> SeenAfterAsync()
    {
        await using var command = source.CreateCommand("""
            SELECT 1000 * extract(epoch FROM (SELECT min(r.started_at) FROM runs r WHERE r.schedule_id = p.id AND r.trigger = 'cadence') - p.from_at)::float8
            FROM unnest($1, $2) AS p(id, from_at)
            """);
        command.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = _probes.ConvertAll(probe => probe.Schedule) }, new() { Value = _probes.ConvertAll(probe => probe.From) } });
        await using var row = await command.ExecuteReaderAsync();
        var seen = new List<double>();
        while (await row.ReadAsync())
        {
            seen.Add(row.IsDBNull(0) ? double.PositiveInfinity : row.GetDouble(0));
        }

        return seen;
    }

    private async Task ProbeAsync(Guid id)
    {
        await using var clock = source.CreateCommand("SELECT clock_timestamp()");
        var from = (DateTime)(await clock.ExecuteScalarAsync())!;
        await UpdateAsync(id, "Made due", new { type = "once", at = from + ProbeAhead });
        _probes.Add((id, from));
    }

    private async Task UpdateAsync(Guid id, string name, object cadence)
    {
        var input = new ScheduleInput { Name = name, Kind = "hello", Cadence = JsonSerializer.SerializeToElement(cadence) };
        var result = await editor.WithAsync<ScheduleCommands, Result<Schedule>>(commands => commands.UpdateAsync(id, input, null, default));
        _ = result.Value ?? throw new InvalidOperationException($"An edit was refused: {result.Errors}");
    }

    private async Task<List<Guid>> IdsAsync()
    {
        var ids = new List<Guid>();
        await using var command = source.CreateCommand("SELECT schedule_id FROM schedule_states WHERE next_due_at > now() + interval '1 day' LIMIT 5000");
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            ids.Add(reader.GetGuid(0));
        }

        return ids;
    }
}
