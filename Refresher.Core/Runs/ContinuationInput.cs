using System.Text.Json;
using System.Text.Json.Nodes;
using Refresher.Core.Access;
using Refresher.Core.Contract;
using Refresher.Core.Schedules;

namespace Refresher.Core.Runs;

/// <summary>What is to follow a run, as people and programs give it: the key of a schedule, or a kind with options.</summary>
public sealed record ContinuationInput
{
    private const int Most = 10;
    private const int Deepest = 5;

    /// <summary>Null: after success.</summary>
    public ContinueOn? On { get; init; }

    public string? Schedule { get; init; }

    public string? Kind { get; init; }

    public JsonElement? Options { get; init; }

    public IReadOnlyList<ContinuationInput>? ContinueWith { get; init; }

    internal static ContinuationInput Of(Continuation continuation) => new() { On = continuation.On, Schedule = continuation.Schedule };

    /// <summary>Reads a schedule's: each names another schedule, which has options and policies of its own.</summary>
    internal static IReadOnlyList<Continuation>? ReadSchedules(IReadOnlyList<ContinuationInput>? inputs, FieldErrors errors)
    {
        CheckCount(inputs, "continueWith", errors);
        for (var i = 0; i < inputs?.Count; i++)
        {
            if (inputs[i] is not { Schedule.Length: > 0, Kind: null, Options: null, ContinueWith: null })
            {
                errors.Add($"continueWith[{i}]", "continueWith: each names the key of another schedule and when it follows, like {\"on\": \"success\", \"schedule\": \"report\"}.");
            }
        }

        return inputs is { Count: > 0 } ? [.. inputs.Where(input => input is not null).Select(input => new Continuation { On = input.On ?? ContinueOn.Success, Schedule = input.Schedule })] : null;
    }

    /// <summary>Reads a run's: each names a schedule, or a kind with options and what follows that in turn.</summary>
    internal static IReadOnlyList<Continuation>? Read(
        IReadOnlyList<ContinuationInput>? inputs, KindCatalog kinds, OptionSecrets secrets, FieldErrors errors, string field = "continueWith", int depth = 1)
    {
        CheckCount(inputs, field, errors);
        if (inputs is not { Count: > 0 } || errors.Count > 0)
        {
            return null;
        }

        if (depth > Deepest)
        {
            errors.Add(field, $"{field}: at most {Deepest} runs after one another.");
            return null;
        }

        return [.. inputs.Select((input, i) => input?.Read(kinds, secrets, errors, $"{field}[{i}]", depth)).OfType<Continuation>()];
    }

    private Continuation? Read(KindCatalog kinds, OptionSecrets secrets, FieldErrors errors, string field, int depth)
    {
        if (Schedule is { Length: > 0 } == Kind is { Length: > 0 } || (Schedule is not null && (Options is not null || ContinueWith is not null)))
        {
            errors.Add(field, $"{field}: either the key of a schedule or a kind with its options is needed, like {{\"on\": \"failure\", \"kind\": \"http-request\", \"options\": {{…}}}}.");
            return null;
        }

        if (Schedule is not null)
        {
            return new Continuation { On = On ?? ContinueOn.Success, Schedule = Schedule };
        }

        var wrong = new FieldErrors();
        var options = ScheduleReader.ReadOptions(Kind!, Options, null, kinds, secrets, wrong);
        errors.AddAll(wrong, field);
        var next = Read(ContinueWith, kinds, secrets, errors, $"{field}.continueWith", depth + 1);
        return options is null ? null : new Continuation { On = On ?? ContinueOn.Success, Kind = Kind, Options = JsonNode.Parse(options), ContinueWith = next };
    }

    private static void CheckCount(IReadOnlyList<ContinuationInput>? inputs, string field, FieldErrors errors)
    {
        if (inputs?.Count > Most)
        {
            errors.Add(field, $"{field}: at most {Most}.");
        }
    }
}
