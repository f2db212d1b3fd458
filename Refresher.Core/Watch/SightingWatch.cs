using Microsoft.Extensions.Logging;
using Npgsql;
using Refresher.Core.Alerts;
using Refresher.Core.Data;
using Refresher.Core.Execution;
using Refresher.Core.Outbox;

namespace Refresher.Core.Watch;

/// <summary>
/// In a worker: tells of schedules whose runs begin late, and ends what a later run has made good: lateness, missed times, and failures of runs without a schedule.
/// Honest caveat: what a worker has seen since its last look dies with it; the next run of the same schedule is seen again.
/// </summary>
internal sealed class SightingWatch(
    NpgsqlDataSource database, RunSightings sightings, OutboxWriter outbox, TimeProvider clock, SchemaGate gate, ILogger<SightingWatch> log) : Loop(gate, log)
{
    private const string OpenSql = "SELECT condition, subject_id FROM open_conditions WHERE condition = ANY($1) AND subject_id = ANY($2) ORDER BY 2, 1";

    private static readonly string[] MadeGood = [CoreConditions.RunLate, CoreConditions.RunMissed, CoreConditions.RunFailed];

    protected override Task WaitAsync(CancellationToken cancel) => Task.Delay(TimeSpan.FromSeconds(1), clock, cancel);

    protected override async Task RunOnceAsync(CancellationToken cancel)
    {
        var seen = sightings.Take();
        if (seen.IsEmpty)
        {
            return;
        }

        await using var connection = await database.OpenConnectionAsync(cancel);
        await TellLateAsync(connection, seen, cancel);
        await MakeGoodAsync(connection, seen, cancel);
    }

    private async Task TellLateAsync(NpgsqlConnection connection, RunSightings.Seen seen, CancellationToken cancel)
    {
        if (seen.Late.Count == 0)
        {
            return;
        }

        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var schedules = await ScheduleSubjects.ReadAsync(connection, seen.Late.Keys, cancel);
        var told = await OpenConditions.BeginAsync(connection, CoreConditions.RunLate, [.. seen.Late.Where(late => schedules.ContainsKey(late.Key)).Select(late => new Trouble(
            schedules[late.Key], late.Value.At, $"began {PlainJson.Write(Whole(late.Value.Late))} late; {PlainJson.Write(late.Value.Allowed)} is allowed", $"/runs/{late.Value.Run}"))], counted: false, cancel);
        await outbox.AppendAsync(connection, [.. told.Select(one => one.Event)], cancel);
        await transaction.CommitAsync(cancel);
        await outbox.TellAsync();
    }

    private async Task MakeGoodAsync(NpgsqlConnection connection, RunSightings.Seen seen, CancellationToken cancel)
    {
        foreach (var (condition, subject) in await OpenAsync(connection, [.. seen.Begun.Keys.Select(schedule => schedule.ToString()), .. seen.Succeeded.Keys], cancel))
        {
            var isSchedule = Guid.TryParse(subject, out var schedule) && seen.Begun.ContainsKey(schedule);
            var (at, path) = isSchedule ? (seen.Begun[schedule].At, $"/runs/{seen.Begun[schedule].Run}") : (seen.Succeeded.GetValueOrDefault(subject), null);
            var isGood = condition switch
            {
                CoreConditions.RunLate => isSchedule && !seen.Begun[schedule].IsLate,
                CoreConditions.RunMissed => isSchedule,
                _ => !isSchedule,
            };
            if (!isGood)
            {
                continue;
            }

            // One by one: nobody waits for a row while it holds another.
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            await outbox.AppendAsync(connection, await OpenConditions.EndAsync(connection, condition, [subject], at, null, cancel, path), cancel);
            await transaction.CommitAsync(cancel);
            await outbox.TellAsync();
        }
    }

    private static async Task<List<(string Condition, string Subject)>> OpenAsync(NpgsqlConnection connection, string[] subjects, CancellationToken cancel)
    {
        await using var list = new NpgsqlCommand(OpenSql, connection) { Parameters = { new() { Value = MadeGood }, new() { Value = subjects } } };
        await using var row = await list.ExecuteReaderAsync(cancel);
        var open = new List<(string, string)>();
        while (await row.ReadAsync(cancel))
        {
            open.Add((row.GetString(0), row.GetString(1)));
        }

        return open;
    }

    private static TimeSpan Whole(TimeSpan late) => TimeSpan.FromSeconds(Math.Floor(late.TotalSeconds));
}
