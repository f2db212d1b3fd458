using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Refresher.Core.Access;
using Refresher.Core.Alerts.Messages;
using Refresher.Core.Data;

namespace Refresher.Core.Alerts.Channels;

/// <summary>Sends one message over a channel: opens its secrets, keeps the time limit, and lets no secret into what it reports.</summary>
public sealed partial class ChannelSender(ChannelKinds kinds, OptionSecrets secrets, IOptions<AlertOptions> options, TimeProvider clock, ILogger<ChannelSender> log)
{
    /// <summary>Characters of an answer that are kept.</summary>
    public const int MostAnswer = 2000;

    /// <summary>What an attempt may take in all; less than the least lease.</summary>
    internal static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <param name="deliveryId">The same at each attempt.</param>
    /// <param name="thread">The same for everything that is said about one episode.</param>
    /// <param name="settings">As they are stored, secrets sealed.</param>
    public async Task<ChannelAnswer> SendAsync(string kind, string settings, Guid deliveryId, string thread, AlertMessage message, CancellationToken cancel)
    {
        if (!kinds.TryFind(kind, out var known))
        {
            return ChannelAnswer.Refused(null, $"This program has no channels of the kind '{kind}'.");
        }

        string plain;
        Contract.HiddenTexts hidden;
        try
        {
            (plain, hidden) = secrets.Open(known.Shape, settings);
        }
        catch (UnreadableSecretException)
        {
            return ChannelAnswer.Refused(null, "A secret of the channel cannot be read: the key it was encrypted with is not there. Enter it again in the channel's settings.");
        }

        var answer = await SendAsync(known, plain, new Dispatch(deliveryId, thread, message, options.Value.LinkTo(message.Path), clock.GetUtcNow()), cancel);
        return answer with { Text = StoredText.Clean(hidden.Hide(answer.Text), MostAnswer) };
    }

    private async Task<ChannelAnswer> SendAsync(ChannelKind kind, string settings, Dispatch dispatch, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(Longest, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
        try
        {
            return await kind.SendAsync(settings, dispatch, either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            return ChannelAnswer.Again(null, $"No complete answer within {Longest.TotalSeconds:0} s.");
        }
        catch (JsonException unreadable)
        {
            return ChannelAnswer.Refused(null, $"The channel's settings cannot be read: {unreadable.Message}");
        }
        catch (Exception failed) when (Find<AddressRefusedException>(failed) is { } refused)
        {
            return ChannelAnswer.Refused(null, refused.Message);
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException or SocketException or System.Security.Authentication.AuthenticationException or OperationCanceledException && !cancel.IsCancellationRequested)
        {
            return ChannelAnswer.Again(null, Words(failed));
        }
        catch (Exception unexpected) when (!cancel.IsCancellationRequested)
        {
            LogUnexpected(unexpected, kind.Shape.Name);
            return ChannelAnswer.Again(null, Words(unexpected));
        }
    }

    private static T? Find<T>(Exception? error)
        where T : Exception => error is null ? null : error as T ?? Find<T>(error.InnerException);

    /// <summary>The whole chain of reasons: "The SSL connection could not be established" alone helps nobody.</summary>
    private static string Words(Exception failed) =>
        failed.InnerException is { } inner && !failed.Message.Contains(inner.Message, StringComparison.Ordinal) ? $"{failed.Message} {Words(inner)}" : failed.Message;

    [LoggerMessage(Level = LogLevel.Error, Message = "A channel of kind {Kind} failed in a way that nobody foresaw.")]
    private partial void LogUnexpected(Exception error, string kind);
}
