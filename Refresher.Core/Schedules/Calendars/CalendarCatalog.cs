using Microsoft.Extensions.Logging;
using Npgsql;
using Refresher.Core.Data;
using Refresher.Core.Execution;
using Refresher.Core.Queue;

namespace Refresher.Core.Schedules.Calendars;

/// <summary>The calendars as a scheduler knows them: read at once when somebody changed one, and every few seconds in case nobody told.</summary>
internal sealed class CalendarCatalog(NpgsqlDataSource database)
{
    private volatile CalendarSet? _current;

    /// <summary>What is known; read first when nothing is yet.</summary>
    public async ValueTask<CalendarSet> CurrentAsync(CancellationToken cancel) => _current ?? await LoadAsync(cancel);

    public async Task<CalendarSet> LoadAsync(CancellationToken cancel) => _current = await CalendarRows.ReadAsync(database, null, cancel);
}

/// <summary>Reads the calendars again when somebody, anywhere, changed one.</summary>
internal sealed class CalendarEdits(LiveSignals signals, CalendarCatalog catalog, SchemaGate gate, ILogger<CalendarEdits> log) : Loop(gate, log)
{
    protected override Task WaitAsync(CancellationToken cancel) => Task.CompletedTask;

    protected override async Task RunOnceAsync(CancellationToken cancel)
    {
        await foreach (var _ in signals.SubscribeAsync([LiveSignal.Calendars], cancel))
        {
            await catalog.LoadAsync(cancel);
        }
    }
}

/// <summary>Reads the calendars now and then: a signal may be lost.</summary>
internal sealed class CalendarLooks(CalendarCatalog catalog, TimeProvider clock, SchemaGate gate, ILogger<CalendarLooks> log) : Loop(gate, log)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    protected override Task WaitAsync(CancellationToken cancel) => Task.Delay(Pause, clock, cancel);

    protected override Task RunOnceAsync(CancellationToken cancel) => catalog.LoadAsync(cancel);
}
