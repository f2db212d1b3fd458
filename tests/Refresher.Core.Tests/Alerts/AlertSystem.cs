using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Refresher.Core.Alerts;
using Refresher.Core.Alerts.Channels;
using Refresher.Core.Alerts.Deliveries;
using Refresher.Core.Alerts.Episodes;
using Refresher.Core.Alerts.Rules;
using Refresher.Core.Outbox;
using Refresher.Core.Schedules;
using Refresher.Testing;
using Delivery = Refresher.Core.Alerts.Deliveries.Delivery;

namespace Refresher.Core.Tests.Alerts;

/// <summary>A worker with the alerter and its loops, and a server that takes its web hooks.</summary>
public abstract class AlertSystem : EngineTest, IAsyncLifetime
{
    private FakeHttpServer _server = null!;

    /// <summary>Starting at its number: changes of one test are apart from one another.</summary>
    private int _events;

    internal FakeHttpServer Server => _server;

    /// <summary>What was received, by path, in order.</summary>
    internal ConcurrentDictionary<string, ConcurrentQueue<Received>> Received { get; } = new();

    /// <summary>How a path answers; 200 unless said.</summary>
    internal ConcurrentDictionary<string, Func<HttpContext, int, Task>> Answers { get; } = new();

    private protected override string Roles => "scheduler,worker";

    async Task IAsyncLifetime.InitializeAsync()
    {
        _server = await FakeHttpServer.StartAsync(TakeAsync);
        await InitializeAsync();
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await DisposeAsync();
        await _server.DisposeAsync();
    }

    internal async Task<Channel> ChannelAsync(string path, string? more = null) => await ChannelAsync(path, "webhook", $$"""{"url": "{{_server.Url}}{{path}}"{{more}}}""");

    internal Task<Channel> ChannelAsync(string name, string kind, string settings) => Engine.WithAsync<ChannelCommands, Channel>(async commands =>
    {
        var made = await commands.CreateAsync(new ChannelInput { Name = name, Kind = kind, Settings = JsonElement.Parse(settings) }, default);
        return made.Value ?? throw new InvalidOperationException(made.Errors?.ToString());
    });

    internal Task<AlertRule> RuleAsync(Channel channel, string more = "") => RuleAsync($$"""{"name": "{{Guid.NewGuid():N}}", "conditions": ["run.failed", "queue.old"], "channels": ["{{channel.Id}}"]{{more}}}""");

    internal Task<AlertRule> RuleAsync(string json) => Engine.WithAsync<RuleCommands, AlertRule>(async commands =>
    {
        var made = await commands.CreateAsync(JsonSerializer.Deserialize<RuleInput>(json, ScheduleInput.Json)!, default);
        return made.Value ?? throw new InvalidOperationException(made.Errors?.ToString());
    });

    /// <summary>An event as the log holds it.</summary>
    internal Event Event(Guid episode, bool active, string condition = "run.failed", string subject = "nightly", int count = 1, bool muted = false, DateTimeOffset? at = null)
    {
        var now = at ?? Engine.Services.GetRequiredService<TimeProvider>().GetUtcNow().AddMilliseconds(Interlocked.Increment(ref _events));
        var change = new StateChange
        {
            EpisodeId = episode,
            Condition = condition,
            Active = active,
            SubjectId = subject,
            SubjectName = subject,
            At = now,
            Since = now,
            Count = count,
            Muted = muted,
            Reason = "exit code 3",
            Path = "/schedules/" + subject,
        };
        return new Event(Guid.CreateVersion7(), Topics.Runs, StateChange.EventType, subject, now, null, JsonSerializer.SerializeToUtf8Bytes(change, AlertJson.Default.StateChange));
    }

    /// <summary>What a reader of the log does with a batch: the effect and its place in one transaction.</summary>
    internal async Task HandleAsync(params Event[] events)
    {
        await using var connection = await Engine.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await Engine.Services.GetRequiredService<Alerter>().HandleAsync(events, connection, default);
        await transaction.CommitAsync();
    }

    internal Task<IReadOnlyList<Delivery>> DeliveriesAsync() =>
        Engine.WithAsync<DeliveryQueries, IReadOnlyList<Delivery>>(async deliveries => [.. (await deliveries.ListAsync(new DeliveryFilter(), null, 500, default)).Items.OrderBy(delivery => delivery.Place)]);

    internal Task<IReadOnlyList<Delivery>> EndedAsync(int count) => Eventually.SeeAsync(DeliveriesAsync, all => all.Count(delivery => delivery.State != DeliveryState.Pending) >= count);

    internal async Task<int> ExecuteAsync(string sql)
    {
        await using var command = Engine.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(sql);
        return await command.ExecuteNonQueryAsync();
    }

    internal Received[] ReceivedAt(string path) => Received.TryGetValue(path, out var received) ? [.. received] : [];

    private async Task TakeAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        var path = http.Request.Path.Value!.TrimStart('/');
        var received = Received.GetOrAdd(path, _ => new());
        received.Enqueue(new Received(body.ToArray(), http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
        if (Answers.TryGetValue(path, out var answer))
        {
            await answer(http, received.Count);
        }
    }
}

/// <summary>A request that came.</summary>
internal sealed record Received(byte[] Body, IReadOnlyDictionary<string, string> Headers)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Body);
}
