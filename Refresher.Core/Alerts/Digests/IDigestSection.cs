using Refresher.Core.Alerts.Messages;

namespace Refresher.Core.Alerts.Digests;

/// <summary>
/// What a part of the program has to say about a day or a week. A kind adds its own in <c>AddServices</c>, scoped; a digest asks all of them,
/// so that it names none.
/// </summary>
public interface IDigestSection
{
    /// <summary>Sections stand in this order: the platform's from 0, those of kinds from 100.</summary>
    int Order { get; }

    /// <summary>What happened from <paramref name="from"/> to before <paramref name="to"/>; null when there is nothing to say.</summary>
    Task<MessageTable?> WriteAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancel);
}
