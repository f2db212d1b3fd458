using Refresher.Core.Contract;

namespace Refresher.Core.Execution;

/// <summary>Why attempts fail, by the names that <see cref="RetryPolicy.OnlyOn"/> and <see cref="RetryPolicy.ExceptOn"/> use.</summary>
public static class RetryCauses
{
    /// <summary>The attempt took longer than its time limit.</summary>
    public static IReadOnlyCollection<string> TimeLimit { get; } = ["timeLimit"];

    /// <summary>The task asked for another attempt.</summary>
    public static IReadOnlyCollection<string> Retry { get; } = ["retry"];

    /// <summary>An exception by its type and that type's bases, each with and without its namespace.</summary>
    public static IReadOnlyCollection<string> Of(Exception error)
    {
        var names = new List<string>();
        for (var type = error.GetType(); type is not null && type != typeof(object); type = type.BaseType)
        {
            names.AddRange([type.Name, type.FullName ?? type.Name]);
        }

        return names;
    }

    /// <summary>True when the policy repeats what failed for these causes. Names are compared without regard to case.</summary>
    public static bool Allow(RetryPolicy policy, IReadOnlyCollection<string> causes) =>
        policy.OnlyOn is { } only ? Any(only, causes) : policy.ExceptOn is not { } except || !Any(except, causes);

    private static bool Any(IReadOnlyList<string> named, IReadOnlyCollection<string> causes) => named.Any(name => causes.Contains(name.Trim(), StringComparer.OrdinalIgnoreCase));
}
