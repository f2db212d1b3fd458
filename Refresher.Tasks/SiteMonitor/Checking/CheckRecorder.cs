using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Refresher.Core.Telemetry;

namespace Refresher.Tasks.SiteMonitor.Checking;

/// <summary>
/// Gathers what checks have found for a moment and has it written, a batch in one transaction. While PostgreSQL does not answer it tries the same batch
/// again; those who bring more then wait, so that no more is checked than can be kept.
/// </summary>
internal sealed partial class CheckRecorder(CheckCommit commit, ILogger<CheckRecorder> log) : BackgroundService
{
    /// <summary>Checks of one transaction.</summary>
    public const int MostAtOnce = 500;

    /// <summary>Times a batch is tried whole that PostgreSQL answers with an error; without an answer it is tried for ever.</summary>
    private const int PatienceWithBatch = 5;

    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(3);

    private readonly Channel<DoneCheck> _done = Channel.CreateBounded<DoneCheck>(new BoundedChannelOptions(10 * MostAtOnce) { SingleReader = true });

    /// <summary>Hands a check over; waits while there are too many.</summary>
    public ValueTask AddAsync(DoneCheck check, CancellationToken cancel) => _done.Writer.WriteAsync(check, cancel);

    /// <summary>Writes what was handed over and ends: nothing comes any more.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _done.Writer.TryComplete();
        await (ExecuteTask ?? Task.CompletedTask).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var batch = new List<DoneCheck>(MostAtOnce);
        while (await _done.Reader.WaitToReadAsync(stoppingToken))
        {
            await GatherAsync(batch, stoppingToken);
            await WriteAsync(batch, stoppingToken);
            batch.Clear();
        }
    }

    private async Task GatherAsync(List<DoneCheck> batch, CancellationToken cancel)
    {
        Take(batch);
        if (batch.Count < MostAtOnce && !_done.Reader.Completion.IsCompleted)
        {
            await Task.Delay(Gathering, cancel);
            Take(batch);
        }
    }

    private void Take(List<DoneCheck> batch)
    {
        while (batch.Count < MostAtOnce && _done.Reader.TryRead(out var check))
        {
            batch.Add(check);
        }
    }

    private async Task WriteAsync(List<DoneCheck> batch, CancellationToken cancel)
    {
        var (pause, refused) = (TimeSpan.FromMilliseconds(100), 0);
        while (true)
        {
            try
            {
                await commit.WriteAsync(batch, cancel);
                return;
            }
            catch (Exception error) when (!cancel.IsCancellationRequested)
            {
                if (error is not NpgsqlException { IsTransient: true } && ++refused >= PatienceWithBatch)
                {
                    await WriteEachAsync(batch, cancel);
                    return;
                }

                // Done twice is no harm: the claims of a batch that was committed after all are gone.
                LogFailed(error, batch.Count);
                RefresherTelemetry.CountLoopError(nameof(CheckRecorder));
                await Task.Delay(pause, cancel);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }

    /// <summary>One that cannot be written must not hold the others.</summary>
    private async Task WriteEachAsync(List<DoneCheck> batch, CancellationToken cancel)
    {
        foreach (var check in batch)
        {
            try
            {
                await commit.WriteAsync([check], cancel);
            }
            catch (Exception error) when (error is not NpgsqlException { IsTransient: true } && !cancel.IsCancellationRequested)
            {
                LogDropped(error, check.Due.Site.Key);
                await commit.DropAsync(check, cancel);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "What the check of {Site} found cannot be written and is dropped.")]
    private partial void LogDropped(Exception error, string site);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Count} checks could not be written; trying again.")]
    private partial void LogFailed(Exception error, int count);
}
