using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Refresher.Tasks.SiteMonitor.Probing.Conditions;

/// <summary>
/// Regular expressions of checks, made once and kept. They are matched without backtracking, in time linear to the body, and never longer than
/// <see cref="LongestMatch"/>; look-around and back-references are not supported.
/// </summary>
internal sealed class BodyPatterns
{
    /// <summary>Characters of an expression.</summary>
    public const int MostCharacters = 1000;

    private const int MostKept = 2000;

    public static readonly TimeSpan LongestMatch = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Regex> _kept = new(StringComparer.Ordinal);

    /// <exception cref="ArgumentException">It is none; checks are validated before they are stored.</exception>
    public Regex Of(string pattern)
    {
        if (_kept.TryGetValue(pattern, out var kept))
        {
            return kept;
        }

        // Automata grow with what they are matched against. Beginning anew is rare, and bounds them.
        if (_kept.Count >= MostKept)
        {
            _kept.Clear();
        }

        return _kept.GetOrAdd(pattern, TryMake(pattern, out var made, out var fault) ? made : throw new ArgumentException(fault, nameof(pattern)));
    }

    /// <param name="fault">What is wrong with it, as a sentence.</param>
    public static bool TryMake(string pattern, [NotNullWhen(true)] out Regex? made, [NotNullWhen(false)] out string? fault)
    {
        try
        {
            (made, fault) = (new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, LongestMatch), null);
            return true;
        }
        catch (Exception refused) when (refused is ArgumentException or NotSupportedException)
        {
            (made, fault) = (null, refused.Message);
            return false;
        }
    }
}
