using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Refresher.Core.Data;
using Refresher.Core.Execution;
using Refresher.Core.Telemetry;

namespace Refresher.Core.Outbox;

/// <summary>Whether events are written faster than they are read: who writes many of them and can wait, does.</summary>
public sealed class OutboxPressure
{
    private IReadOnlyList<EventReaderView> _readers = [];

    /// <summary>More events are unread, or the oldest is older, than <see cref="EventOptions"/> says. A reader that fails counts by its events only, not by their age.</summary>
    public bool IsHigh { get; private set; }

    /// <summary>Events before the reader of the outbox that is furthest behind.</summary>
    public long Rows => _readers.Where(OfOutbox).Max(reader => reader.Lag) ?? 0;

    /// <summary>Age of the oldest event that not every reader of the outbox has passed.</summary>
    public TimeSpan Age => _readers.Where(OfOutbox).Max(reader => reader.Age) ?? TimeSpan.Zero;

    internal IReadOnlyList<EventReaderView> Readers => _readers;

    internal void Observe(IReadOnlyList<EventReaderView> readers, EventOptions options)
    {
        _readers = readers;
        IsHigh = Rows >= options.PressureRows || readers.Where(OfOutbox).Any(reader => reader.UntroubledAge >= options.PressureAge);
    }

    private static bool OfOutbox(EventReaderView reader) => reader.Log == EventReaders.Outbox;
}

/// <summary>Looks how far the readers are, for <see cref="OutboxPressure"/> and the gauges.</summary>
internal sealed partial class OutboxWatch : Loop
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    private readonly OutboxPressure _pressure;
    private readonly EventOptions _options;
    private readonly NpgsqlDataSource _database;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;

    public OutboxWatch(OutboxPressure pressure, IOptions<EventOptions> options, NpgsqlDataSource database, TimeProvider clock, SchemaGate gate, ILogger<OutboxWatch> log)
        : base(gate, log)
    {
        (_pressure, _options, _database, _clock, _log) = (pressure, options.Value, database, clock, log);
        RefresherTelemetry.Outbox = pressure;
    }

    protected override Task WaitAsync(CancellationToken cancel) => Task.Delay(Every, _clock, cancel);

    protected override async Task RunOnceAsync(CancellationToken cancel)
    {
        var was = _pressure.IsHigh;
        _pressure.Observe(await EventLag.ReadAsync(_database, _clock.GetUtcNow(), cancel), _options);
        if (_pressure.IsHigh != was)
        {
            LogPressure(_log, _pressure.IsHigh ? "high" : "as usual again", _pressure.Rows, _pressure.Age);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The pressure on the outbox is {Pressure}: {Rows} events unread, the oldest {Age} old.")]
    private static partial void LogPressure(ILogger log, string pressure, long rows, TimeSpan age);
}
