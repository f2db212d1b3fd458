namespace Refresher.Core.Contract;

/// <summary>What a person has to know or do before a task can work as it is set up; shown with its form.</summary>
/// <param name="Text">A sentence.</param>
/// <param name="Copy">What to copy, each with where it belongs; may be empty.</param>
public sealed record KindNotice(string Text, IReadOnlyList<KindNotice.Snippet> Copy)
{
    /// <param name="Title">Where it belongs: <c>appsettings.json</c>.</param>
    /// <param name="Code">Shown and copied as it is.</param>
    public sealed record Snippet(string Title, string Code);
}
