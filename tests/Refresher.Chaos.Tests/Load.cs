using System.Diagnostics;
using System.Text.Json;
using Npgsql;
using Refresher.Core;
using Refresher.Core.Limits;
using Refresher.Core.Runs;
using Refresher.Core.Schedules;

namespace Refresher.Chaos.Tests;

/// <summary>What the cluster has to carry: schedules of every second, and runs posted each second, every fifth of them under a limit.</summary>
internal sealed class Load(Cluster cluster, Uri world)
{
    /// <summary>Runs of the queue <see cref="Cluster.LimitedQueue"/> that may go on at once.</summary>
    public const int Limit = 20;

    private const int Schedules = 20;

    private readonly List<Guid> _posted = [];

    /// <summary>Runs that were accepted.</summary>
    public IReadOnlyCollection<Guid> Posted => _posted;

    /// <summary>Posts of a whole part that PostgreSQL did not answer.</summary>
    public int Refused { get; private set; }

    public async Task MakeAsync()
    {
        await cluster.Client.WithAsync<LimitCommands, Limit>(async limits =>
            (await limits.SetAsync(LimitScope.Queue, Cluster.LimitedQueue, new LimitInput { Concurrency = Limit }, default)).Value!);
        await cluster.Client.WithAsync<ScheduleCommands, Schedule>(async commands =>
        {
            var cadence = JsonSerializer.SerializeToElement(new { type = "every", every = "00:00:01" });
            Schedule? last = null;
            for (var n = 0; n < Schedules; n++)
            {
                // Those that may overlap are released ahead however long the one before takes; the others are decided at their instant while it goes on.
                var overlap = n % 2 == 0 ? Overlap.Allow : Overlap.Skip;
                last = (await commands.CreateAsync(new ScheduleInput { Name = $"Each second {n}", Kind = "hello", Cadence = cadence, Overlap = overlap }, default)).Value!;
            }

            return last!;
        });
    }

    public Task<int> PauseSchedulesAsync() => cluster.Client.WithAsync<ScheduleCommands, int>(async commands =>
    {
        var paused = 0;
        await using var source = NpgsqlDataSource.Create(cluster.Database.ConnectionString);
        await using var command = source.CreateCommand("SELECT id FROM schedules");
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            paused += (await commands.SetEnabledAsync(reader.GetGuid(0), false, default)).Value is null ? 0 : 1;
        }

        return paused;
    });

    /// <summary>Posts a part each second while <paramref name="more"/> says so: what was not accepted was not promised.</summary>
    /// <param name="more">Given how many were accepted.</param>
    public async Task PostAsync(int perSecond, Func<int, bool> more)
    {
        RunInput[] part = [.. Enumerable.Range(0, perSecond).Select(n => n % 5 == 0 ? Input(Ledger.LimitedPath, Cluster.LimitedQueue) : Input("", null))];
        var began = Stopwatch.StartNew();
        for (var n = 1; more(_posted.Count); n++)
        {
            try
            {
                var accepted = await cluster.Client.WithAsync<RunCommands, Result<IReadOnlyList<Guid>>>(commands => commands.CreateAsync(part, default));
                _posted.AddRange(accepted.Value ?? throw new InvalidOperationException(accepted.Errors?.ToString()));
            }
            catch (NpgsqlException)
            {
                // PostgreSQL is being restarted.
                Refused++;
            }

            // What took longer is caught up, so that the rate holds over the whole time.
            var early = TimeSpan.FromSeconds(n) - began.Elapsed;
            await Task.Delay(early > TimeSpan.Zero ? early : TimeSpan.Zero);
        }
    }

    private RunInput Input(string path, string? queue) => new()
    {
        Kind = "http-request",
        Options = JsonSerializer.SerializeToElement(new { url = new Uri(world, path) }),
        Queue = queue,
        Retry = new() { MaxAttempts = 10, Delay = TimeSpan.FromSeconds(1) },
    };
}
