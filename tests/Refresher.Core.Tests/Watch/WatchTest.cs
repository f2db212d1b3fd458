using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Refresher.Core.Alerts;
using Refresher.Core.Schedules;
using Refresher.Testing;

namespace Refresher.Core.Tests.Watch;

/// <summary>An engine whose watches are quick, and what it tells.</summary>
public abstract class WatchTest : EngineTest
{
    protected override (string Key, string Value)[] Settings =>
        [("Watch:Period", "00:00:00.2"), ("Watch:LateAfter", "00:00:02"), ("Watch:OldAfter", "00:00:01"), ("Watch:LongPart", "0.05"), ("Watch:GoneAfter", "00:00:01")];

    protected NpgsqlDataSource Data => Engine.Services.GetRequiredService<NpgsqlDataSource>();

    protected Task<Guid> RunNowAsync(Schedule schedule) =>
        Engine.WithAsync<ScheduleCommands, Guid>(async commands => (await commands.RunNowAsync(schedule.Id, null, default)).Value!.Id);

    protected async Task ExecuteAsync(string sql)
    {
        await using var command = Data.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>What was told of a subject, in order.</summary>
    protected async Task<List<StateChange>> ToldAsync(string subject)
    {
        await using var told = Data.CreateCommand("SELECT payload FROM outbox WHERE topic = 'refresher.runs' AND key = $1 ORDER BY position");
        told.Parameters.Add(new() { Value = subject });
        await using var row = await told.ExecuteReaderAsync();
        var changes = new List<StateChange>();
        while (await row.ReadAsync())
        {
            changes.Add(JsonSerializer.Deserialize(row.GetFieldValue<byte[]>(0), AlertJson.Default.StateChange)!);
        }

        return changes;
    }

    /// <summary>Waits until so much was told of a subject.</summary>
    protected Task<List<StateChange>> SeeToldAsync(string subject, int count) => Eventually.SeeAsync(() => ToldAsync(subject), changes => changes.Count >= count, seconds: 60);
}
