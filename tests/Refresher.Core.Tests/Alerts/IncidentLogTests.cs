using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Refresher.Core.Alerts;
using Refresher.Core.Outbox;
using Refresher.Testing;

namespace Refresher.Core.Tests.Alerts;

/// <summary>From the transaction that records a change to the line in the file, with the consumer as workers have it.</summary>
public sealed class IncidentLogTests : EngineTest, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("incidents").FullName;

    protected override (string Key, string Value)[] Settings => [("IncidentLog:Path", File)];

    private string File => Path.Combine(_folder, "incidents.jsonl");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Each_change_is_a_line_and_stays_one_when_events_are_read_again_and_by_another_worker()
    {
        await using var another = await EngineHost.StartAsync(Database, TestKinds.Catalog, "worker", Settings);
        var down = Change(active: true, "status 503");
        var up = down with { Active = false, At = down.At.AddMinutes(2), Reason = null };
        await TellAsync(down, up, Change(active: true, "no answer within 5 s"));
        await SeeLinesAsync(3);

        var replayed = await Engine.WithAsync<EventCommands, Result<EventReaderView>>(commands => commands.ReplayAsync("incident-log", null, default));
        Assert.NotNull(replayed.Value);
        await TellAsync(Change(active: true, "after the replay"));

        var lines = await SeeLinesAsync(4);
        Assert.Equal(4, lines.Select(line => line.GetProperty("id").GetGuid()).Distinct().Count());
        var told = lines.Where(line => line.GetProperty("episodeId").GetGuid() == down.EpisodeId).ToArray();
        Assert.Equal([true, false], told.Select(line => line.GetProperty("active").GetBoolean()));
        Assert.Equal("status 503", told[0].GetProperty("reason").GetString());
        Assert.Equal(down.At, told[0].GetProperty("at").GetDateTimeOffset());
        Assert.Contains(lines, line => line.TryGetProperty("reason", out var reason) && reason.GetString() == "after the replay");
    }

    private static StateChange Change(bool active, string reason)
    {
        var at = DateTimeOffset.FromUnixTimeSeconds(1_780_000_000);
        return new StateChange { EpisodeId = Guid.NewGuid(), Condition = "site.down", Active = active, SubjectId = "shop", SubjectName = "Shop", At = at, Since = at, Reason = reason };
    }

    private async Task TellAsync(params StateChange[] changes)
    {
        var outbox = Engine.Services.GetRequiredService<OutboxWriter>();
        await using var connection = await Engine.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await outbox.AppendAsync(connection, [.. changes.Select(change => change.ToWatchedEvent())], default);
        await transaction.CommitAsync();
        await outbox.TellAsync();
    }

    /// <summary>Waits until there are so many whole lines; a line that is doubled would make them more.</summary>
    private async Task<JsonElement[]> SeeLinesAsync(int count)
    {
        var lines = await Eventually.SeeAsync(async () => System.IO.File.Exists(File) ? await System.IO.File.ReadAllLinesAsync(File) : [], read => read.Length >= count);
        Assert.Equal(count, lines.Length);
        return [.. lines.Select(line => JsonSerializer.Deserialize<JsonElement>(line))];
    }
}
