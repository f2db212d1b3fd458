using System.Diagnostics.CodeAnalysis;
using Refresher.Core.Contract;

namespace Refresher.Core.Alerts;

/// <summary>Every condition that a rule can be set on: the platform's own, then those of the kinds in the order of the catalog.</summary>
public sealed class ConditionCatalog
{
    private readonly Dictionary<string, AlertCondition> _byName = new(StringComparer.Ordinal);

    /// <exception cref="InvalidOperationException">Two conditions have the same name.</exception>
    public ConditionCatalog(KindCatalog kinds)
    {
        All = [.. CoreConditions.All, .. kinds.SelectMany(kind => kind.Conditions)];
        foreach (var condition in All)
        {
            if (!_byName.TryAdd(condition.Name, condition))
            {
                throw new InvalidOperationException($"Two conditions are named '{condition.Name}'.");
            }
        }
    }

    public IReadOnlyList<AlertCondition> All { get; }

    public bool TryFind(string name, [NotNullWhen(true)] out AlertCondition? condition) => _byName.TryGetValue(name, out condition);
}
