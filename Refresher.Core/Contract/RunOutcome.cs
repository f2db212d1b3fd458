using System.Text.Json;
using System.Text.Json.Nodes;

namespace Refresher.Core.Contract;

/// <summary>How an attempt ended: a value, so that the signature of a task says all that can happen.</summary>
public abstract record RunOutcome
{
    private RunOutcome() { }

    /// <summary>Done. <paramref name="Output"/> is kept with the run as JSON, at most 256 KiB.</summary>
    public sealed record SuccessOutcome(JsonNode? Output) : RunOutcome;

    /// <summary>Not now: try again after <paramref name="After"/>, or after the policy's wait when null. Uses up an attempt.</summary>
    public sealed record RetryOutcome(string Reason, TimeSpan? After, JsonNode? Output) : RunOutcome;

    /// <summary>Nothing to do before <paramref name="Until"/>; uses up no attempt.</summary>
    public sealed record SnoozeOutcome(DateTimeOffset Until) : RunOutcome;

    /// <summary>There is no point in doing this any more.</summary>
    public sealed record CancelOutcome(string Reason) : RunOutcome;

    /// <summary>Failed for good; never retried.</summary>
    public sealed record FailureOutcome(string Reason, JsonNode? Output) : RunOutcome;

    /// <summary>Serialises <paramref name="output"/> with the web defaults (camelCase).</summary>
    public static RunOutcome Success(object? output = null) => new SuccessOutcome(ToJson(output));

    public static RunOutcome Retry(string reason, TimeSpan? after = null, object? output = null) => new RetryOutcome(reason, after, ToJson(output));

    public static RunOutcome Snooze(DateTimeOffset until) => new SnoozeOutcome(until);

    public static RunOutcome Cancel(string reason) => new CancelOutcome(reason);

    public static RunOutcome Failure(string reason, object? output = null) => new FailureOutcome(reason, ToJson(output));

    private static JsonNode? ToJson(object? output) =>
        output as JsonNode ?? (output is null ? null : JsonSerializer.SerializeToNode(output, output.GetType(), JsonSerializerOptions.Web));
}
