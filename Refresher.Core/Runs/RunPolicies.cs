using System.Text.Json;
using System.Text.Json.Serialization;
using Refresher.Core.Contract;

namespace Refresher.Core.Runs;

/// <summary>The policies that a run was given when it was made; null members mean the kind's or the platform's default.</summary>
public sealed record RunPolicies
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerOptions.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public RetryPolicy? Retry { get; init; }

    public TimeSpan? Timeout { get; init; }

    public OnLost? OnLost { get; init; }

    /// <summary>Beginning this much after its due time is worth telling; null: as <c>Watch:LateAfter</c> says.</summary>
    public TimeSpan? LateAfter { get; init; }

    /// <summary>An attempt that goes on for longer is worth telling; null: as <c>Watch:LongPart</c> says.</summary>
    public TimeSpan? LongAfter { get; init; }

    /// <summary>What follows it; null: nothing.</summary>
    public IReadOnlyList<Continuation>? ContinueWith { get; init; }

    /// <summary>How many runs it continues, one from the other.</summary>
    public int Depth { get; init; }

    /// <summary>As stored; null when nothing is set, so that the usual row stays small.</summary>
    public string? ToJson() => this == new RunPolicies() ? null : JsonSerializer.Serialize(this, Json);

    /// <summary>A schedule's continuations as they are stored with it.</summary>
    public static string WriteContinuations(IReadOnlyList<Continuation> continuations) => JsonSerializer.Serialize(continuations, Json);

    /// <inheritdoc cref="WriteContinuations"/>
    public static IReadOnlyList<Continuation> ReadContinuations(string json) => JsonSerializer.Deserialize<IReadOnlyList<Continuation>>(json, Json)!;

    public static RunPolicies Parse(string? json) => json is null ? new RunPolicies() : JsonSerializer.Deserialize<RunPolicies>(json, Json)!;
}

/// <summary>What holds for a run in the end: its own policies, else its kind's, else the platform's.</summary>
public sealed record EffectivePolicies(RetryPolicy Retry, TimeSpan Timeout, OnLost OnLost)
{
    public static EffectivePolicies Of(RunPolicies run, KindDefaults? kind) => new(
        run.Retry ?? kind?.Retry ?? PlatformDefaults.Retry,
        run.Timeout ?? kind?.Timeout ?? PlatformDefaults.Timeout,
        run.OnLost ?? kind?.OnLost ?? PlatformDefaults.OnLost);
}
