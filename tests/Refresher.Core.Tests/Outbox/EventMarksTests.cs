using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Refresher.Core.Outbox;

namespace Refresher.Core.Tests.Outbox;

public sealed class EventMarksTests : EngineTest
{
    private protected override string Roles => "scheduler";

    [Fact]
    public async Task An_event_is_new_to_each_consumer_once_unless_its_transaction_was_undone()
    {
        var events = Enumerable.Range(0, 3).Select(number => new Event(Guid.CreateVersion7(), Topics.Runs, "a.b", $"{number}", default, null, default)).ToList();
        events.Add(events[0]);

        Assert.Equal(3, await NewAsync("one", events, commit: false));
        Assert.Equal(2, await NewAsync("one", events[..2], commit: true));
        Assert.Equal(1, await NewAsync("one", events, commit: true));
        Assert.Equal(0, await NewAsync("one", events, commit: true));
        Assert.Equal(3, await NewAsync("two", events, commit: true));
    }

    private async Task<int> NewAsync(string consumer, List<Event> events, bool commit)
    {
        await using var connection = await Engine.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var unmarked = await Engine.Services.GetRequiredService<EventMarks>().NewAsync(connection, consumer, events, default);
        if (commit)
        {
            await transaction.CommitAsync();
        }

        return unmarked.Count;
    }
}
