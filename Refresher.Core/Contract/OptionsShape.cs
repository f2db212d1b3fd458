using System.Reflection;
using System.Text.Json;

namespace Refresher.Core.Contract;

/// <summary>A record of options as its form, its JSON schema and its secrets see it: those of a kind, or the settings of something else.</summary>
public class OptionsShape
{
    private protected OptionsShape() { }

    /// <summary>The stored name, kebab-case.</summary>
    public required string Name { get; init; }

    /// <summary>For people: <c>Speed test</c>.</summary>
    public required string Title { get; init; }

    /// <summary>One sentence; may be empty.</summary>
    public required string Description { get; init; }

    /// <summary>The options record; null for a kind that does not run.</summary>
    public Type? OptionsType
    {
        get;
        private protected init
        {
            field = value;
            Secrets = [.. (value?.GetProperties() ?? []).Where(property => property.IsDefined(typeof(SecretAttribute))).Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name))];
        }
    }

    /// <summary>Names, as they stand in JSON, of the options that are secret.</summary>
    public IReadOnlyList<string> Secrets { get; private init; } = [];

    /// <summary>Options that belong to no kind.</summary>
    /// <typeparam name="TOptions">A record with defaults for every property that may be left out.</typeparam>
    public static OptionsShape Of<TOptions>(string name, string title, string description)
        where TOptions : class => new() { Name = name, Title = title, Description = description, OptionsType = typeof(TOptions) };
}
