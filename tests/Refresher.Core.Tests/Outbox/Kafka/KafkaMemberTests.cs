using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Refresher.Core.Data;
using Refresher.Core.Outbox;
using Refresher.Core.Outbox.Kafka;
using Refresher.Testing;
using Refresher.Testing.Kafka;

namespace Refresher.Core.Tests.Outbox.Kafka;

/// <summary>Members of a group on a mock cluster, which knows what a current broker knows: cooperative groups, idempotent producers.</summary>
public sealed class KafkaMemberTests : IDisposable
{
    private const string Topic = Topics.SiteChecks;
    private readonly MockKafka _kafka = new();
    private readonly IHost _host;

    public KafkaMemberTests()
    {
        _kafka.CreateTopic(Topic, 8);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration["ConnectionStrings:kafka"] = _kafka.Servers;
        builder.Configuration["Aspire:Confluent:Kafka:Consumer:Config:PartitionAssignmentStrategy"] = "CooperativeSticky";
        builder.Configuration["Aspire:Confluent:Kafka:Consumer:Config:SessionTimeoutMs"] = "6000";
        builder.Configuration["Aspire:Confluent:Kafka:Consumer:Config:MaxPollIntervalMs"] = "6000";
        builder.Configuration["Aspire:Confluent:Kafka:Consumer:Config:AutoCommitIntervalMs"] = "50";
        builder.Services.AddLogging().AddSingleton(new NodeName("test", "test"));
        builder.AddKafkaClients();
        _host = builder.Build();
    }

    private KafkaClients Clients => _host.Services.GetRequiredService<KafkaClients>();

    public void Dispose()
    {
        _host.Dispose();
        _kafka.Dispose();
    }

    [Fact]
    public async Task What_is_done_is_not_given_to_the_next_member()
    {
        var first = await SendAsync(100);
        await using (var one = Join())
        {
            await one.HasAsync(first);
        }

        var second = await SendAsync(50);
        await using var two = Join();
        await two.HasAsync(second);

        Assert.DoesNotContain(first, id => two.Seen.Contains(id));
    }

    [Fact]
    public async Task Partitions_move_between_members_while_effects_run_and_nothing_is_lost_or_out_of_order()
    {
        var sent = new ConcurrentBag<Guid>();
        var order = new ConcurrentQueue<(string Key, int Number)>();
        using var enough = new CancellationTokenSource();
        var sending = Task.Run(async () =>
        {
            while (!enough.IsCancellationRequested)
            {
                foreach (var id in await SendAsync(40))
                {
                    sent.Add(id);
                }
            }
        });

        var one = Join(effect: batch => Task.Delay(20));
        await one.HasMoreThanAsync(200);
        await using var two = Join(effect: batch => Task.Delay(20));
        await two.HasMoreThanAsync(200);
        await one.DisposeAsync();
        var before = two.Seen.Count;
        await two.HasMoreThanAsync(before + 400);
        await enough.CancelAsync();
        await sending;
        await Eventually.SeeAsync(() => Task.FromResult(sent.Except(one.Seen).Except(two.Seen).Count()), missing => missing == 0);

        Assert.All([one, two], member => Assert.True(member.InOrder));
    }

    [Fact]
    public async Task An_effect_that_takes_longer_than_a_member_may_be_silent_keeps_its_partitions_and_ends_once()
    {
        var sent = await SendAsync(20);
        var release = new TaskCompletionSource();
        await using var slow = Join(effect: _ => release.Task);
        await slow.HasBegunAsync();

        // Longer than the six seconds after which a member that does not speak is put out: there is no signal for something that must not happen.
        await Task.Delay(TimeSpan.FromSeconds(8));
        release.SetResult();
        await slow.HasAsync(sent);
        await slow.HasAsync(await SendAsync(20));

        // Put out, it could not have stored its place, and would have read the first ones again.
        Assert.Equal(40, slow.Handled);
    }

    [Fact]
    public async Task A_message_that_is_no_event_is_passed_over()
    {
        using var producer = Clients.Producer();
        await producer.ProduceAsync(Topic, new() { Key = "a", Value = "hello"u8.ToArray() });
        var sent = await SendAsync(5);
        await using var member = Join();

        await member.HasAsync(sent);
    }

    [Fact]
    public async Task An_idempotent_producer_sends_each_event_once_and_in_order_over_an_outage()
    {
        using var producer = Clients.Producer();
        var events = Events(2000);
        var delivery = new KafkaDelivery();
        _kafka.Down();
        delivery.Send(producer, events);
        Assert.False(delivery.Answered.IsCompleted);
        _kafka.Up();
        await delivery.Answered.WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Null(delivery.Refusal);
        Assert.Equal(events.Max(one => one.Position), delivery.Published(events).Values.Max());
        await using var member = Join();
        await member.HasAsync([.. events.Select(one => one.Event.Id)]);
        Assert.Equal(2000, member.Handled);
        Assert.True(member.InOrder);
    }

    [Fact]
    public async Task An_event_that_is_refused_holds_its_bucket_and_no_other()
    {
        using var producer = Clients.Producer();
        var huge = new byte[2_000_000];
        huge.AsSpan().Fill((byte)'1');
        RelayEvent[] events =
        [
            new(1, 10, Event("a", 1)), new(1, 11, Event("a", 2) with { Payload = huge }), new(1, 12, Event("a", 3)), new(2, 13, Event("b", 1)),
        ];
        var delivery = new KafkaDelivery();

        delivery.Send(producer, events);
        await delivery.Answered.WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Contains(events[1].Event.Id.ToString(), delivery.Refusal, StringComparison.Ordinal);
        Assert.Equal(new Dictionary<short, long> { [1] = 10, [2] = 13 }, delivery.Published(events));
    }

    private static int s_number;

    private static Event Event(string key, int number) =>
        new(Guid.CreateVersion7(), Topic, "test.done", key, DateTimeOffset.UnixEpoch, null, System.Text.Encoding.UTF8.GetBytes($"{number}"));

    private static List<RelayEvent> Events(int count) =>
        [.. Enumerable.Range(0, count).Select(_ => Interlocked.Increment(ref s_number)).Select(number => new RelayEvent((short)(number % 16), number, Event($"key-{number % 23}", number)))];

    private async Task<IReadOnlyList<Guid>> SendAsync(int count)
    {
        using var producer = Clients.Producer();
        var events = Events(count);
        var delivery = new KafkaDelivery();
        delivery.Send(producer, events);
        await delivery.Answered.WaitAsync(TimeSpan.FromSeconds(60));
        return [.. events.Select(one => one.Event.Id)];
    }

    private Member Join(Func<IReadOnlyList<Event>, Task>? effect = null) => new(Clients, effect ?? (_ => Task.CompletedTask));

    private sealed class Reader : IEventConsumer
    {
        public string Name => "reader";

        public IReadOnlyList<string> Topics => [Topic];

        public int BatchSize => 50;

        public Task<IReadOnlyCollection<string>> HandleAsync(IReadOnlyList<Event> events, NpgsqlConnection connection, CancellationToken cancel) => throw new NotSupportedException();
    }

    private sealed class Member : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly ConcurrentDictionary<string, int> _last = new();
        private readonly TaskCompletionSource _begun = new();
        private readonly Task _running;
        private int _handled;

        public Member(KafkaClients clients, Func<IReadOnlyList<Event>, Task> effect)
        {
            var member = new KafkaMember(new Reader(), new("refresher.reader", null), clients, (events, cancel) => HandleAsync(events, effect, cancel), NullLogger.Instance, _stop.Token);
            _running = Task.Factory.StartNew(member.Run, TaskCreationOptions.LongRunning);
        }

        public ConcurrentDictionary<Guid, bool> Ids { get; } = new();

        public ICollection<Guid> Seen => Ids.Keys;

        public bool InOrder { get; private set; } = true;

        public int Handled => _handled;

        public Task<int> HasAsync(IReadOnlyCollection<Guid> ids) => Eventually.SeeAsync(() => Task.FromResult(ids.Count(id => !Ids.ContainsKey(id))), missing => missing == 0, seconds: 60);

        public Task<int> HasMoreThanAsync(int count) => Eventually.SeeAsync(() => Task.FromResult(Ids.Count), seen => seen > count, seconds: 60);

        public Task HasBegunAsync() => _begun.Task.WaitAsync(TimeSpan.FromSeconds(60));

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _running.WaitAsync(TimeSpan.FromSeconds(60));
        }

        private async Task HandleAsync(IReadOnlyList<Event> events, Func<IReadOnlyList<Event>, Task> effect, CancellationToken cancel)
        {
            _begun.TrySetResult();
            await effect(events).WaitAsync(cancel);
            foreach (var one in events)
            {
                var number = int.Parse(System.Text.Encoding.UTF8.GetString(one.Payload.Span), System.Globalization.CultureInfo.InvariantCulture);
                if (Ids.TryAdd(one.Id, true))
                {
                    InOrder &= number > _last.GetValueOrDefault(one.Key);
                    _last[one.Key] = number;
                }

                Interlocked.Increment(ref _handled);
            }
        }
    }
}
