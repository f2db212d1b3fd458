using System.Globalization;
using System.Text.Json;
using Refresher.Core.Schedules;
using Refresher.Tasks;
using Refresher.Testing;
using Refresher.Testing.Otlp;

namespace Refresher.Ops.Tests.Observability;

/// <summary>A scheduler and a worker as processes that send all they have to tell to a collector.</summary>
public sealed class WatchedProcesses : IAsyncLifetime
{
    /// <summary>Seconds that a busy machine may take.</summary>
    internal const double Patience = 180;

    private readonly List<ServiceProcess> _processes = [];
    private TestDatabase _database = null!;
    private EngineHost _client = null!;

    internal OtlpReceiver Collector { get; private set; } = null!;

    /// <summary>Where their metrics are.</summary>
    internal List<int> Ports { get; } = [];

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        Collector = await OtlpReceiver.StartAsync();
        Start("Scheduler", "scheduler-1");
        Start("Worker", "worker-1");
        _client = await EngineHost.StartAsync(_database, TaskCatalog.Kinds, "");
    }

    public async Task DisposeAsync()
    {
        await Task.WhenAll(_processes.Select(process => process.DisposeAsync().AsTask()));
        await _client.DisposeAsync();
        await Collector.DisposeAsync();
        await _database.DisposeAsync();
    }

    internal Task<Schedule> CreateAsync(object schedule) => _client.WithAsync<ScheduleCommands, Schedule>(async commands =>
        (await commands.CreateAsync(JsonSerializer.Deserialize<ScheduleInput>(JsonSerializer.Serialize(schedule), ScheduleInput.Json)!, default)).Value
            ?? throw new InvalidOperationException("The schedule was not made."));

    /// <summary>The first span that is wanted, once the collector has it.</summary>
    internal async Task<OtlpSpan> SpanAsync(Func<OtlpSpan, bool> wanted) =>
        (await Eventually.SeeAsync(() => Task.FromResult(Collector.Spans.FirstOrDefault(wanted)), span => span is not null, Patience))!;

    private void Start(string service, string name)
    {
        var port = FreePort.Next();
        Ports.Add(port);
        _processes.Add(ServiceProcess.Start(service, name, _database, new Dictionary<string, string>(Collector.Settings())
        {
            ["Management__Port"] = port.ToString(CultureInfo.InvariantCulture),
            ["Logging__LogLevel__Refresher.Core.Execution"] = "Debug",
        }));
    }
}
