using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Refresher.Core;
using Refresher.Core.Data;
using Refresher.Tasks.SiteMonitor.Probing;

namespace Refresher.Tasks.SiteMonitor.Checking;

/// <summary>Makes the checks of claimed sites, each at its instant, as many at once as the worker may.</summary>
internal sealed partial class CheckRunner(SiteProber prober, Connectivity connectivity, CheckRecorder recorder, ClaimsInHand inHand, IOptions<CheckOptions> options, TimeProvider clock, ILogger<CheckRunner> log) : IDisposable
{
    private const int MostError = 500;
    private const int MostBody = 4096;

    private readonly CancellationTokenSource _noMore = new();
    private readonly CancellationTokenSource _abandon = new();
    private readonly ConcurrentDictionary<Guid, Task> _going = new();
    private readonly ConcurrentBag<DueSite> _idle = [];

    /// <summary>Sites that can still be taken.</summary>
    public int Room => _noMore.IsCancellationRequested ? 0 : options.Value.Concurrency - inHand.Count;

    public void Start(DueSite site)
    {
        inHand.Add(site);
        var begun = new TaskCompletionSource();
        var check = RunAsync(site, begun.Task);
        _going[site.ClaimId] = check;
        begun.SetResult();
    }

    /// <summary>Begins no more checks; those that go on have the grace to end.</summary>
    /// <returns>Sites whose checks were not made.</returns>
    public async Task<IReadOnlyCollection<DueSite>> StopAsync(CancellationToken cancel)
    {
        await _noMore.CancelAsync();
        _abandon.CancelAfter(options.Value.StopGrace);
        await Task.WhenAll(_going.Values).WaitAsync(cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return [.. TakeIdle()];
    }

    /// <summary>Sites whose checks were not made, to be given back.</summary>
    public IEnumerable<DueSite> TakeIdle()
    {
        while (_idle.TryTake(out var site))
        {
            inHand.Remove(site.ClaimId);
            yield return site;
        }
    }

    public void Dispose()
    {
        _noMore.Dispose();
        _abandon.Dispose();
    }

    private async Task RunAsync(DueSite site, Task begun)
    {
        try
        {
            await begun.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            var wait = site.DueAt - clock.GetUtcNow();
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, clock, _noMore.Token);
            }

            _noMore.Token.ThrowIfCancellationRequested();
            using var span = SiteMetrics.Begin(site);
            var at = clock.GetUtcNow();
            var result = site.Spec is { } spec ? await connectivity.JudgeAsync(await prober.CheckAsync(spec, _abandon.Token), _abandon.Token) : Unreadable;

            span?.SetTag("refresher.check.status", Words<CheckStatus>.Of(result.Status));

            // PostgreSQL keeps microseconds; the events say the same instant as the rows.
            var done = new DoneCheck(site, new DateTimeOffset(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero), Clean(result)) { Trace = span?.Id };
            SiteMetrics.Measure(done);
            await recorder.AddAsync(done, CancellationToken.None);
        }
        catch (OperationCanceledException)
        {
            _idle.Add(site);
        }
        catch (Exception error)
        {
            LogFailed(error, site.Site.Key);
            _idle.Add(site);
        }
        finally
        {
            _going.TryRemove(site.ClaimId, out _);
        }
    }

    private static CheckResult Unreadable { get; } = new()
    {
        Status = CheckStatus.Unknown,
        Fault = CheckFault.Internal,
        Error = "The secrets of this check cannot be read, because the key they were encrypted with is gone: enter them again.",
        TotalMs = 0,
    };

    private static CheckResult Clean(CheckResult result) => result with
    {
        Error = result.Error is { } error ? StoredText.Clean(error, MostError) : null,
        Body = result.Body is { } body ? StoredText.Clean(body, MostBody) : null,
        Address = result.Address is { } address ? StoredText.Clean(address, MostError) : null,
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "The check of {Site} came to no result.")]
    private partial void LogFailed(Exception error, string site);
}
