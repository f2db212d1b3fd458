namespace Refresher.Core.Contract;

/// <summary>What a kind has to say on the overview. Registered by <see cref="IKind.AddServices"/>; made for each request.</summary>
public interface IOverviewPart
{
    /// <summary>Live topics on which it looks again.</summary>
    IReadOnlyCollection<string> Topics { get; }

    /// <summary>What is wrong now, the worst first; it caps itself, and says so.</summary>
    Task<IReadOnlyList<OverviewTrouble>> TroublesAsync(CancellationToken cancel);

    /// <summary>How its subject stands in a few figures; null while there is nothing of it.</summary>
    Task<OverviewFigure?> FigureAsync(CancellationToken cancel);
}

/// <summary>Something that is wrong now.</summary>
/// <param name="Icon">Name of an icon that the Web has.</param>
/// <param name="Path">Where to read more, within the Web.</param>
/// <param name="Text">The rest, after the title.</param>
public sealed record OverviewTrouble(string Icon, string Path, string Title, string Text);

/// <summary>A figure with its name, and what is to be added in a few words.</summary>
/// <param name="Icon">Name of an icon that the Web has.</param>
/// <param name="Path">Where to read more, within the Web.</param>
public sealed record OverviewFigure(string Icon, string Path, string Name, string Value, string Note);
