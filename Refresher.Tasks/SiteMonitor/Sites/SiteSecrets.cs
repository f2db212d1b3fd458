using System.Text.Json.Nodes;
using Refresher.Core;
using Refresher.Core.Access;
using Refresher.Core.Contract;
using Refresher.Tasks.SiteMonitor.Probing;

namespace Refresher.Tasks.SiteMonitor.Sites;

/// <summary>
/// The secrets of a spec: the values of its headers and the password or token. Sealed where specs are stored, opened by whoever makes the check,
/// masked wherever they leave the program.
/// </summary>
public sealed class SiteSecrets(OptionSecrets secrets)
{
    private const string Changed = SecretOptions.Mask + " (changed)";

    /// <summary>As it is stored. A value that is stored already keeps its sealed form, so that saving it again is no change.</summary>
    /// <param name="stored">What it replaces; null for something new.</param>
    public CheckSpec Seal(CheckSpec plain, CheckSpec? stored)
    {
        var known = Known(stored?.Http);
        return Map(plain, (name, value, _) =>
            known.FirstOrDefault(secret => secret.Name == name && secret.Plain == value).Sealed ?? secrets.Seal(JsonValue.Create(value)).GetValue<string>());
    }

    /// <summary>As the check needs it.</summary>
    /// <exception cref="UnreadableSecretException">The key that sealed one of them is not there.</exception>
    public CheckSpec Open(CheckSpec stored) => Map(stored, (name, value, _) => Open(value) ?? throw new UnreadableSecretException(name));

    /// <summary>As it may be shown.</summary>
    public static CheckSpec Hide(CheckSpec spec) => Map(spec, (_, _, _) => SecretOptions.Mask);

    /// <summary>As the audit keeps it: what is another secret than before is said to be.</summary>
    public static CheckSpec Hide(CheckSpec spec, CheckSpec was)
    {
        var before = Values(was.Http).ToHashSet();
        return Map(spec, (name, value, _) => before.Any(secret => secret.Name == name) && !before.Contains((name, value)) ? Changed : SecretOptions.Mask);
    }

    /// <summary>What somebody sent, in plain text: a mask stands for what is stored.</summary>
    /// <param name="errors">By field: a mask with nothing behind it, or whose key is gone.</param>
    public CheckSpec Accept(CheckSpec sent, CheckSpec? stored, FieldErrors errors) => Map(sent, (name, value, field) =>
    {
        if (value != SecretOptions.Mask)
        {
            return value;
        }

        // Of several headers of one name the first is meant; whoever has them sends them anew.
        var kept = Values(stored?.Http).FirstOrDefault(secret => secret.Name == name).Value;
        if (kept is null)
        {
            errors.Add(field, $"{SecretOptions.Mask} stands for a secret that is stored, and none is: give the secret itself.");
            return value;
        }

        if (Open(kept) is { } plain)
        {
            return plain;
        }

        errors.Add(field, "The stored secret cannot be read, because the key it was encrypted with is gone: give it again.");
        return value;
    });

    private string? Open(string value) => secrets.Open(JsonValue.Create(value))?.GetValue<string>();

    private List<(string Name, string Sealed, string? Plain)> Known(HttpCheck? http) => [.. Values(http).Select(secret => (secret.Name, secret.Value, Open(secret.Value)))];

    private static IEnumerable<(string Name, string Value)> Values(HttpCheck? http)
    {
        foreach (var line in http?.Headers ?? [])
        {
            if (line.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon)
            {
                yield return (NameOf(line, colon), line[(colon + 1)..].Trim());
            }
        }

        if (http?.Secret is { } secret)
        {
            yield return (nameof(HttpCheck.Secret), secret);
        }
    }

    private static string NameOf(string line, int colon) => line[..colon].Trim().ToLowerInvariant();

    private static CheckSpec Map(CheckSpec spec, Func<string, string, string, string> map) => spec.Http is not { } http ? spec : spec with
    {
        Http = http with
        {
            Headers = [.. (http.Headers ?? []).Select(line => line.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon
                ? $"{line[..colon].Trim()}: {map(NameOf(line, colon), line[(colon + 1)..].Trim(), "check.http.headers")}"
                : line)],
            Secret = http.Secret is { } secret ? map(nameof(HttpCheck.Secret), secret, "check.http.secret") : null,
        },
    };
}
