namespace Refresher.Core;

/// <summary>A part of a list, and where the next part begins.</summary>
/// <param name="Next">What to pass as <c>after</c>; null at the end.</param>
public record Page<T>(IReadOnlyList<T> Items, string? Next)
{
    public const int DefaultLimit = 50;

    public const int MostLimit = 500;

    /// <summary>Cuts what was read with one item too many.</summary>
    public static Page<T> Of(List<T> read, int limit, Func<T, string> cursor) =>
        read.Count > limit ? new(read[..limit], cursor(read[limit - 1])) : new(read, null);
}
