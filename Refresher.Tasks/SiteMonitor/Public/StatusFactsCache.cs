using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Refresher.Core.Queue;
using Refresher.Tasks.SiteMonitor.Sites;

namespace Refresher.Tasks.SiteMonitor.Public;

/// <summary>
/// What is public, kept by this process: one reads it, everybody is served from it. It is read anew at most every second, when a live signal says that
/// something changed or when it is a few seconds old, and only while somebody asks. When the database does not answer the last facts stay, and with them
/// the instant at which they are worth nothing any more.
/// </summary>
internal sealed partial class StatusFactsCache(IServiceScopeFactory scopes, LiveSignals signals, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<StatusFactsCache> log)
{
    /// <summary>Younger than this they are served as they are.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(3);

    /// <summary>Older than this whoever asks waits for the database, a moment.</summary>
    private static readonly TimeSpan Old = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>While nothing is known yet there is nothing else to tell, and the first reading of a process takes longer.</summary>
    private static readonly TimeSpan FirstPatience = TimeSpan.FromSeconds(10);

    /// <summary>Between two looks, however many signals or failures there are.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    /// <summary>What is counted by hour and day is read less often.</summary>
    private static readonly TimeSpan HistoryFresh = TimeSpan.FromSeconds(60);

    /// <summary>A signal makes it read at once only if somebody asked within this time.</summary>
    private static readonly TimeSpan Interest = TimeSpan.FromSeconds(60);

    private readonly Lock _lock = new();
    private StatusFacts? _facts;
    private Dictionary<Guid, SiteHistory> _history = [];
    private Task? _reading;
    private long _readAt;
    private long _triedAt;
    private long _askedAt;
    private long _historyAt;
    private bool _isListening;
    private bool _isChanged;
    private bool _isFailing;

    /// <summary>The facts; null when none could be read since the start.</summary>
    public async ValueTask<StatusFacts?> GetAsync()
    {
        _askedAt = clock.GetTimestamp();
        Listen();
        var age = _facts is null ? TimeSpan.MaxValue : clock.GetElapsedTime(_readAt);
        if (age < Fresh && !_isChanged)
        {
            return _facts;
        }

        var reading = Begin();
        if (age > Old && reading is not null)
        {
            await Task.WhenAny(reading, Task.Delay(_facts is null ? FirstPatience : Patience, clock));
        }

        return _facts;
    }

    /// <summary>The reading that is under way, or a new one; null when the last one is too short ago.</summary>
    private Task? Begin()
    {
        lock (_lock)
        {
            if (_reading is { IsCompleted: false })
            {
                return _reading;
            }

            if (_triedAt != 0 && clock.GetElapsedTime(_triedAt) < Pace)
            {
                return null;
            }

            _triedAt = clock.GetTimestamp();
            return _reading = Task.Run(ReadAsync);
        }
    }

    private async Task ReadAsync()
    {
        _isChanged = false;
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var isHistoryFresh = _history.Count > 0 && clock.GetElapsedTime(_historyAt) < HistoryFresh;
            var begunAt = clock.GetTimestamp();
            var facts = await scope.ServiceProvider.GetRequiredService<StatusFactsReader>().ReadAsync(isHistoryFresh ? _history : null, lifetime.ApplicationStopping);
            if (!isHistoryFresh || facts.Sites.Any(site => !_history.ContainsKey(site.Item.SiteId)))
            {
                _history = facts.Sites.ToDictionary(site => site.Item.SiteId, site => site.History);
                _historyAt = begunAt;
            }

            (_facts, _readAt, _isFailing) = (facts, begunAt, false);
        }
        catch (Exception error) when (!lifetime.ApplicationStopping.IsCancellationRequested)
        {
            if (!_isFailing)
            {
                LogFailing(error.Message);
            }

            _isFailing = true;
        }
        catch (OperationCanceledException)
        {
            // This process ends.
        }
    }

    private void Listen()
    {
        lock (_lock)
        {
            if (!_isListening)
            {
                _isListening = true;
                _ = Task.Run(ListenAsync);
            }
        }
    }

    private async Task ListenAsync()
    {
        try
        {
            await foreach (var signal in signals.SubscribeAsync([SiteTopics.Changed, StatusTopics.Changed], lifetime.ApplicationStopping))
            {
                _isChanged = true;
                if (clock.GetElapsedTime(_askedAt) < Interest)
                {
                    _ = Begin();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // This process ends.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What is public cannot be read: {Reason}. Visitors are told what was known, until it is too old.")]
    private partial void LogFailing(string reason);
}
