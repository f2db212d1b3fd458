namespace Refresher.Core.Watch;

/// <summary>Who or what is in trouble.</summary>
/// <param name="Id">See <see cref="Alerts.StateChange.SubjectId"/>; at most 200 characters.</param>
internal sealed record TroubledSubject(string Id, string Name, IReadOnlyList<string> Tags);

/// <summary>Something that is not as it should be, as it was seen.</summary>
/// <param name="Count">How often it was seen in a row, 1 or more.</param>
/// <param name="Path">Page of the admin that shows it.</param>
internal sealed record Trouble(TroubledSubject Subject, DateTimeOffset At, string? Reason, string? Path, int Count = 1)
{
    /// <summary>See <see cref="Alerts.StateChange.Facts"/>.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Facts { get; init; } = [];
}
