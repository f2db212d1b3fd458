using System.Text.Json;

namespace Refresher.Core;

/// <summary>An enum's values as the words that are stored and shown: camelCase, in both directions.</summary>
public static class Words<TEnum>
    where TEnum : struct, Enum
{
    private static readonly Dictionary<TEnum, string> ToWord = Enum.GetValues<TEnum>().ToDictionary(v => v, v => JsonNamingPolicy.CamelCase.ConvertName(v.ToString()));
    private static readonly Dictionary<string, TEnum> FromWord = ToWord.ToDictionary(pair => pair.Value, pair => pair.Key, StringComparer.OrdinalIgnoreCase);

    /// <summary>Every word, in the enum's order.</summary>
    public static IReadOnlyCollection<string> All => ToWord.Values;

    public static string Of(TEnum value) => ToWord[value];

    /// <exception cref="FormatException">The word is none of <see cref="All"/>.</exception>
    public static TEnum Parse(string word) =>
        TryParse(word, out var value) ? value : throw new FormatException($"'{word}' is not one of {string.Join(", ", All)}.");

    /// <summary>Reads a word in any case.</summary>
    public static bool TryParse(string? word, out TEnum value)
    {
        value = default;
        return word is not null && FromWord.TryGetValue(word, out value);
    }
}
