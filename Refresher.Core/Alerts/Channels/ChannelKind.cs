using System.Text.Json;
using Refresher.Core.Alerts.Messages;
using Refresher.Core.Contract;

namespace Refresher.Core.Alerts.Channels;

/// <summary>A sort of channel: what it has to be told, and how it sends.</summary>
public abstract class ChannelKind
{
    private protected ChannelKind(OptionsShape shape) => Shape = shape;

    /// <summary>Its stored name and its settings.</summary>
    public OptionsShape Shape { get; }

    /// <summary>Sends once. What the other side says is an answer, not an exception; only what nobody foresaw is thrown.</summary>
    /// <param name="settings">JSON in plain text, checked when it was stored.</param>
    internal abstract Task<ChannelAnswer> SendAsync(string settings, Dispatch dispatch, CancellationToken cancel);

    /// <summary>Where it goes, in a few words without secrets, for lists.</summary>
    internal abstract string Describe(string settings);
}

/// <inheritdoc cref="ChannelKind"/>
/// <typeparam name="TSettings">A record whose attributes make the form, the schema and the validation.</typeparam>
internal abstract class ChannelKind<TSettings>(string name, string title, string description) : ChannelKind(OptionsShape.Of<TSettings>(name, title, description))
    where TSettings : class
{
    internal sealed override Task<ChannelAnswer> SendAsync(string settings, Dispatch dispatch, CancellationToken cancel) => SendAsync(Read(settings), dispatch, cancel);

    internal sealed override string Describe(string settings) => Describe(Read(settings));

    protected abstract Task<ChannelAnswer> SendAsync(TSettings settings, Dispatch dispatch, CancellationToken cancel);

    protected abstract string Describe(TSettings settings);

    private static TSettings Read(string settings) => JsonSerializer.Deserialize<TSettings>(settings, KindOptions.Json) ?? throw new JsonException("The settings are empty.");
}

/// <summary>One message on its way.</summary>
/// <param name="Id">Of the delivery: the same at each attempt, so that the other side can tell a repetition.</param>
/// <param name="Thread">The same for everything that is said about one episode.</param>
/// <param name="Link">Where to look; null when the program does not know its own address.</param>
/// <param name="Now">By the cluster's clock.</param>
internal sealed record Dispatch(Guid Id, string Thread, AlertMessage Message, string? Link, DateTimeOffset Now);

/// <summary>What became of an attempt to send.</summary>
public enum SendOutcome
{
    /// <summary>The other side took it.</summary>
    Sent,

    /// <summary>Not now: it may go well later.</summary>
    Again,

    /// <summary>It will not go well until somebody changes something.</summary>
    Refused,
}

/// <summary>What a provider answered, or why there was no answer.</summary>
/// <param name="Status">The status code of HTTP or SMTP; null without an answer.</param>
/// <param name="Text">The provider's own words or ours, without secrets.</param>
/// <param name="After">How long it asks to wait; null when it does not say.</param>
public sealed record ChannelAnswer(SendOutcome Outcome, int? Status, string Text, TimeSpan? After = null)
{
    public static ChannelAnswer Sent(int? status, string text) => new(SendOutcome.Sent, status, text);

    public static ChannelAnswer Again(int? status, string text, TimeSpan? after = null) => new(SendOutcome.Again, status, text, after);

    public static ChannelAnswer Refused(int? status, string text) => new(SendOutcome.Refused, status, text);
}
