using System.Collections;
using Microsoft.Extensions.Configuration;

namespace Refresher.Core.Contract;

/// <summary>Every kind of the program, in the order of the catalog; the same in every process.</summary>
public sealed class KindCatalog : IEnumerable<KindDescriptor>
{
    private readonly Dictionary<string, KindDescriptor> _byName = new(StringComparer.Ordinal);
    private readonly List<KindDescriptor> _ordered = [];

    /// <summary>Adds a kind that runs.</summary>
    /// <exception cref="InvalidOperationException">The name is taken or is not kebab-case.</exception>
    public KindCatalog Add<TTask, TOptions>()
        where TTask : class, IKind, ITask<TOptions>
        where TOptions : class => Add(KindDescriptor.Of<TTask, TOptions>());

    /// <summary>Adds a kind that has pages, tables or end points but nothing to run.</summary>
    public KindCatalog Add<TKind>()
        where TKind : class, IKind => Add(KindDescriptor.Of<TKind>());

    /// <summary>Adds the kinds of another catalog.</summary>
    public KindCatalog AddAll(KindCatalog others)
    {
        foreach (var kind in others)
        {
            Add(kind);
        }

        return this;
    }

    /// <summary>The kind of that name, or null.</summary>
    public KindDescriptor? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>What a kind has the program do instead of its work; null: these words ask for nothing else.</summary>
    public Func<IConfiguration, Task<int>>? VerbOf(string[] args) => args is [var verb, .. var rest]
        && _ordered.Select(kind => kind.Verbs.GetValueOrDefault(verb)).FirstOrDefault(found => found is not null) is { } run ? configuration => run(configuration, rest) : null;

    public IEnumerator<KindDescriptor> GetEnumerator() => _ordered.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private KindCatalog Add(KindDescriptor kind)
    {
        if (!KindDescriptor.IsKebabCase(kind.Name))
        {
            throw new InvalidOperationException($"The kind's name '{kind.Name}' is not kebab-case (like speed-test).");
        }

        if (!_byName.TryAdd(kind.Name, kind))
        {
            throw new InvalidOperationException($"Two kinds are named '{kind.Name}'.");
        }

        _ordered.Add(kind);
        return this;
    }
}
