using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Refresher.Core.Alerts.Channels;
using Refresher.Core.Alerts.Messages;
using Refresher.Core.Data;
using Refresher.Core.Execution;
using Refresher.Core.Queue;
using Refresher.Core.Telemetry;

namespace Refresher.Core.Alerts.Deliveries;

/// <summary>
/// Sends what is due. Each channel has its own few senders, so that a slow one holds up nobody else. What was sent and not recorded because the
/// process died in between is sent again when its lease ends: the provider's answer and our record cannot be one transaction.
/// </summary>
internal sealed partial class DeliverySender(
    NpgsqlDataSource database, ChannelSender sender, LiveSignals signals, IOptions<AlertOptions> options, TimeProvider clock, SchemaGate gate, ILogger<DeliverySender> log) : Loop(gate, log)
{
    /// <summary>Messages on their way at once: to one channel, and in all.</summary>
    public const int MostOfChannel = 2, MostInAll = 40;

    private readonly Dictionary<Guid, int> _busy = [];
    private readonly HashSet<Task> _sending = [];
    private readonly Signal _due = new();
    private Task? _listening;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await (_listening ?? Task.CompletedTask);
        Task[] sending;
        lock (_busy)
        {
            sending = [.. _sending];
        }

        // What is on its way is let finish, so that it is recorded: a message takes half a minute at most.
        await Task.WhenAll(sending).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    protected override Task BeginAsync(CancellationToken cancel)
    {
        _listening = ListenAsync(cancel);
        return Task.CompletedTask;
    }

    protected override Task WaitAsync(CancellationToken cancel) => _due.WaitAsync(TimeSpan.FromSeconds(1), cancel);

    protected override async Task RunOnceAsync(CancellationToken cancel)
    {
        foreach (var channel in await DeliveryRows.ReadyChannelsAsync(database, clock.GetUtcNow(), cancel))
        {
            while (Begin(channel, cancel))
            {
            }
        }
    }

    private async Task ListenAsync(CancellationToken cancel)
    {
        try
        {
            await foreach (var _ in signals.SubscribeAsync([LiveSignal.Deliveries], cancel))
            {
                _due.Set();
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The usual end.
        }
    }

    private bool Begin(Guid channel, CancellationToken stopping)
    {
        lock (_busy)
        {
            if (_busy.GetValueOrDefault(channel) >= MostOfChannel || _sending.Count >= MostInAll)
            {
                return false;
            }

            _busy[channel] = _busy.GetValueOrDefault(channel) + 1;
            var sending = Task.Run(() => DrainAsync(channel, stopping), CancellationToken.None);
            _sending.Add(sending);
            _ = sending.ContinueWith(done => End(channel, done), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            return true;
        }
    }

    private void End(Guid channel, Task sending)
    {
        lock (_busy)
        {
            _sending.Remove(sending);
            if (--_busy[channel] == 0)
            {
                _busy.Remove(channel);
            }
        }
    }

    private async Task DrainAsync(Guid channel, CancellationToken stopping)
    {
        try
        {
            while (!stopping.IsCancellationRequested && await DeliveryRows.ClaimAsync(database, channel, clock.GetUtcNow(), options.Value.Lease, stopping) is { } claimed)
            {
                await SendAsync(claimed);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Nothing was claimed.
        }
        catch (Exception error)
        {
            LogFailed(error, channel);
        }
    }

    /// <summary>Sends and records. It is not cancelled by a stop: half a message would be sent again.</summary>
    private async Task SendAsync(ClaimedDelivery claimed)
    {
        using var span = RefresherTelemetry.Source.StartActivity("deliver " + claimed.Kind, ActivityKind.Producer)?.SetTag("refresher.delivery.id", claimed.Id);
        var answer = await sender.SendAsync(claimed.Kind, claimed.Settings, claimed.Id, claimed.Thread, AlertMessage.FromJson(claimed.Message), CancellationToken.None);
        var now = clock.GetUtcNow();
        var next = answer.Outcome == SendOutcome.Again ? RetryPlan.Next(claimed.Attempts, answer.After, now, claimed.GiveUpAt, Random.Shared.NextDouble()) : null;
        var reason = answer.Outcome switch
        {
            SendOutcome.Sent => null,
            SendOutcome.Refused => "The other side refused it; it would do so again.",
            _ when next is not null => null,
            _ => $"Given up after {claimed.Attempts} attempt{(claimed.Attempts == 1 ? "" : "s")}.",
        };
        await DeliveryRows.RecordAsync(database, claimed, answer, now, next, reason, CancellationToken.None);
        DeliveryMeasures.Count(claimed.Kind, next is not null ? "again" : answer.Outcome == SendOutcome.Sent ? "sent" : "failed");
        if (answer.Outcome != SendOutcome.Sent)
        {
            span?.SetStatus(ActivityStatusCode.Error);
            LogNotSent(claimed.Kind, claimed.Id, claimed.Attempts, next is null ? "given up" : "tried again", answer.Text);
        }

        await signals.PublishAsync([LiveSignal.Alerts, LiveSignal.Deliveries]);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Kind} delivery {Id}, attempt {Attempt}, did not go through; {Then}: {Answer}")]
    private partial void LogNotSent(string kind, Guid id, int attempt, string then, string answer);

    [LoggerMessage(Level = LogLevel.Error, Message = "Sending over channel {Channel} failed; it goes on within a second.")]
    private partial void LogFailed(Exception error, Guid channel);
}
