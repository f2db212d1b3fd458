using System.Diagnostics.CodeAnalysis;

namespace Refresher.Core.Alerts.Channels;

/// <summary>Every sort of channel there is, in the order in which people are asked.</summary>
public sealed class ChannelKinds(IEnumerable<ChannelKind> kinds)
{
    private readonly Dictionary<string, ChannelKind> _byName = kinds.ToDictionary(kind => kind.Shape.Name, StringComparer.Ordinal);

    public IReadOnlyList<ChannelKind> All { get; } = [.. kinds];

    public bool TryFind(string? name, [NotNullWhen(true)] out ChannelKind? kind)
    {
        kind = null;
        return name is not null && _byName.TryGetValue(name, out kind);
    }

    /// <summary>Where stored settings lead, in a few words without secrets; empty when they cannot be read.</summary>
    public string Describe(string name, string settings)
    {
        try
        {
            return TryFind(name, out var kind) ? kind.Describe(settings) : "";
        }
        catch (System.Text.Json.JsonException)
        {
            return "";
        }
    }
}
