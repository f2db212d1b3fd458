namespace Refresher.Chaos.Tests;

/// <summary>A run that the outside world saw twice, and what was broken that explains it.</summary>
/// <param name="Workers">Who held leases on it, in order.</param>
/// <param name="Cause">Null: nothing that was broken explains it, which is a fault.</param>
internal sealed record Doubled(Guid Run, IReadOnlyList<DateTimeOffset> At, IReadOnlyList<string> Workers, Break? Cause)
{
    /// <summary>The request of a worker that was killed may still be on its way for so long.</summary>
    private static readonly TimeSpan OnItsWay = TimeSpan.FromSeconds(2);

    /// <summary>
    /// A second execution needs one lease more than the first, and between the two a worker that held one of the leases was killed or stood still, or
    /// PostgreSQL was away, so that the first outcome could not be written or a lease not be renewed. Whatever happens to a scheduler, to Redis or to a clock explains none.
    /// </summary>
    /// <param name="workers">Who held leases on it, in order.</param>
    public static Doubled Explain(Execution[] calls, IReadOnlyList<string> workers, IReadOnlyList<Break> breaks)
    {
        Break? cause = null;
        for (var i = 1; i < calls.Length; i++)
        {
            var (first, second) = (calls[i - 1], calls[i]);
            Break[] between = [.. breaks.Where(broken => broken.At <= second.Began && broken.Until >= first.Began - OnItsWay)];
            cause = workers.Count < calls.Length ? null
                : between.LastOrDefault(broken => workers.Contains(broken.Part)) ?? between.LastOrDefault(broken => broken.Part == "postgres");
            if (cause is null)
            {
                break;
            }
        }

        return new Doubled(calls[0].Run, [.. calls.Select(call => call.Began)], workers, cause);
    }

    public override string ToString() =>
        $"{Run}: executed at {string.Join(", ", At.Select(at => $"{at:HH:mm:ss.fff}"))}; leases of {string.Join(", ", Workers)}; "
        + (Cause is null ? "NOTHING THAT WAS BROKEN EXPLAINS IT" : $"{Cause.What} at {Cause.At:HH:mm:ss.fff}");
}
