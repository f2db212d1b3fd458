using System.Diagnostics.Metrics;

namespace Refresher.Core.Telemetry;

/// <summary>
/// A gauge by a name that users choose. At most <see cref="Most"/> names are told apart, whoever came first; the others are told together as
/// <see cref="Other"/>. What is gone is told as 0, since a gauge that falls silent keeps its last value.
/// </summary>
/// <param name="together">What several values come to under <see cref="Other"/>: their sum, or the highest.</param>
/// <param name="label">Under which label the name stands.</param>
internal sealed class BoundedGauge<T>(Gauge<T> gauge, Func<T, T, T> together, string label)
    where T : struct
{
    /// <summary>Names that are told apart.</summary>
    public const int Most = 50;

    public const string Other = "other";

    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly HashSet<(string Name, string? State)> _told = [];

    /// <summary>Tells how everything stands; what is not among <paramref name="now"/> is 0.</summary>
    public void Record(IEnumerable<(string Name, string? State, T Value)> now)
    {
        var values = new Dictionary<(string, string?), T>();
        foreach (var (name, state, value) in now)
        {
            var key = (NameOf(name), state);
            values[key] = values.TryGetValue(key, out var before) ? together(before, value) : value;
        }

        _told.UnionWith(values.Keys);
        foreach (var (name, state) in _told)
        {
            gauge.Record(values.GetValueOrDefault((name, state)), state is null ? [new(label, name)] : [new(label, name), new("state", state)]);
        }
    }

    private string NameOf(string name) => _names.Contains(name) || (_names.Count < Most && _names.Add(name)) ? name : Other;
}
