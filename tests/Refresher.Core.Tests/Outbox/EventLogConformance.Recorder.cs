using Npgsql;
using Refresher.Core.Outbox;

namespace Refresher.Core.Tests.Outbox;

public abstract partial class EventLogConformance
{
    /// <summary>A consumer that writes each number it gets, and notes those it had already.</summary>
    protected sealed class Recorder(string name) : IEventConsumer
    {
        public string Name => name;

        public IReadOnlyList<string> Topics { get; init; } = [Core.Outbox.Topics.SiteChecks];

        public int BatchSize { get; init; } = 500;

        public Func<Event, int, Task> Before { get; set; } = (_, _) => Task.CompletedTask;

        public Func<IReadOnlyList<Event>, Task> After { get; init; } = _ => Task.CompletedTask;

        public async Task<IReadOnlyCollection<string>> HandleAsync(IReadOnlyList<Event> events, NpgsqlConnection connection, CancellationToken cancel)
        {
            foreach (var one in events)
            {
                var number = BitConverter.ToInt32(one.Payload.Span);
                await Before(one, number);
                await using var insert = new NpgsqlCommand(
                    "WITH done AS (INSERT INTO seen (consumer, number, key) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING 1) INSERT INTO doubled SELECT $1, $2 WHERE NOT EXISTS (SELECT FROM done)", connection)
                {
                    Parameters = { new() { Value = name }, new() { Value = number }, new() { Value = one.Key } },
                };
                await insert.ExecuteNonQueryAsync(cancel);
            }

            await After(events);
            return [];
        }
    }
}
