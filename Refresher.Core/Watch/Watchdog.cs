using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Refresher.Core.Access;
using Refresher.Core.Data;
using Refresher.Core.Execution;

namespace Refresher.Core.Watch;

/// <summary>
/// Calls an address elsewhere each minute, as long as every part of the system has proved lately that it works, and falls silent when one has not: then whoever
/// expects the call tells people. One of the schedulers does it for all.
/// </summary>
/// <remarks>It goes through the <see cref="AddressGuard"/>, follows no redirect and reads no answer but its status.</remarks>
internal sealed partial class Watchdog(
    LivenessMarks marks, WatchdogState state, AddressGuard guard, IOptions<WatchdogOptions> options, TimeProvider clock, SchemaGate gate, ILogger<Watchdog> log) : Loop(gate, log)
{
    /// <summary>The mark of whose turn it is.</summary>
    private const string Turn = "watchdog.turn";

    private static readonly TimeSpan CallTime = TimeSpan.FromSeconds(10);

    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        ConnectCallback = guard.ConnectAsync,
        ConnectTimeout = CallTime,
        MaxResponseDrainSize = 0,
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        UseCookies = false,
        UseProxy = false,
    });

    private string? _said;

    /// <summary>Looks more often than it calls, so that a turn that another let go is taken soon.</summary>
    protected override Task WaitAsync(CancellationToken cancel) => Task.Delay(options.Value.IsOn ? options.Value.Period / 4 : Timeout.InfiniteTimeSpan, clock, cancel);

    protected override async Task RunOnceAsync(CancellationToken cancel)
    {
        if (!await marks.TakeTurnAsync(Turn, options.Value.Period - (options.Value.Period / 10), cancel))
        {
            return;
        }

        var silence = (await state.ReadAsync(cancel)).Silence ?? await CallAsync(cancel);
        await marks.StampAsync(silence is null ? WatchdogState.Called : WatchdogState.Silent, cancel, silence);
        if (silence != _said)
        {
            if (silence is null)
            {
                LogCalls();
            }
            else
            {
                LogSilent(silence);
            }

            _said = silence;
        }
    }

    /// <returns>Why the call did not arrive; null when it did.</returns>
    private async Task<string?> CallAsync(CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(CallTime);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, options.Value.Url);
            request.Headers.TryAddWithoutValidation("User-Agent", UserAgent.Value);
            using var answer = await _http.SendAsync(request, limit.Token);
            return answer.IsSuccessStatusCode ? null : $"the address of Watchdog:Url answered {(int)answer.StatusCode}";
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return $"the address of Watchdog:Url did not answer within {CallTime.TotalSeconds:0} s";
        }
        catch (Exception error) when (error is HttpRequestException or AddressRefusedException)
        {
            return $"the address of Watchdog:Url cannot be called: {error.GetBaseException().Message}";
        }
    }

    public override void Dispose()
    {
        _http.Dispose();
        base.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The watchdog is silent: {Reason}.")]
    private partial void LogSilent(string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The watchdog calls: every part has proved that it works.")]
    private partial void LogCalls();
}
