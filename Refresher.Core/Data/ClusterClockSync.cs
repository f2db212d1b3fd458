using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Refresher.Core.Data;

/// <summary>Measures this process's offset to PostgreSQL's clock: at start until it succeeds, then every half minute.</summary>
internal sealed partial class ClusterClockSync(ClusterClock clock, NpgsqlDataSource database, ILogger<ClusterClockSync> log) : BackgroundService
{
    private const int Samples = 5;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var wait = new Backoff(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(5));
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await MeasureAsync(stoppingToken);
                Telemetry.RefresherTelemetry.ClockOffset.Record(clock.HostAhead.TotalSeconds);
                wait.Reset();
                await Task.Delay(Period, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                LogUnreachable(error.Message);
                await wait.DelayAsync(stoppingToken);
            }
        }
    }

    private async Task MeasureAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = new NpgsqlCommand("SELECT clock_timestamp()", connection);
        for (var i = 0; i < Samples; i++)
        {
            var sent = clock.GetTimestamp();
            var server = (DateTime)(await command.ExecuteScalarAsync(cancel))!;
            var off = clock.Observe(new DateTimeOffset(server, TimeSpan.Zero), sent, clock.GetTimestamp());
            if (off.Duration() > TimeSpan.FromSeconds(1))
            {
                LogJump(off);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "PostgreSQL cannot be asked for the time: {Reason}. Trying again.")]
    private partial void LogUnreachable(string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The cluster's clock jumped: this process was {Off} ahead of PostgreSQL and follows it.")]
    private partial void LogJump(TimeSpan off);
}
