using System.Text.Json.Nodes;
using Refresher.Core.Contract;

namespace Refresher.Core.Access;

/// <summary>
/// Options that somebody sent, put beside those that are stored: a secret sent as its mask, or as it is stored, is kept; one that is the same
/// in plain text keeps its stored form too, so that saving it again is no change.
/// </summary>
internal sealed class SentSecrets
{
    private readonly OptionSecrets _secrets;
    private readonly OptionsShape _kind;
    private readonly JsonObject? _stored;
    private readonly HashSet<string> _unread = new(StringComparer.Ordinal);

    private SentSecrets(OptionSecrets secrets, OptionsShape kind, JsonObject? stored) => (_secrets, _kind, _stored) = (secrets, kind, stored);

    /// <summary>The options in plain text, fit to be checked.</summary>
    public string Plain { get; private set; } = "";

    /// <param name="stored">What is stored for the same kind; null for something new.</param>
    /// <param name="errors">Named by the option: a mask with nothing behind it, a name given twice.</param>
    public static SentSecrets Of(OptionSecrets secrets, OptionsShape kind, string sent, string? stored, FieldErrors errors)
    {
        var read = new SentSecrets(secrets, kind, stored is null || kind.Secrets.Count == 0 ? null : JsonNode.Parse(stored) as JsonObject) { Plain = sent };
        if (kind.Secrets.Count == 0)
        {
            return read;
        }

        try
        {
            // The reader of options takes names in any case, so a secret must be found in any case too.
            if (JsonNode.Parse(sent, new JsonNodeOptions { PropertyNameCaseInsensitive = true }) is JsonObject json)
            {
                read.Substitute(json, errors);
                read.Plain = json.ToJsonString();
            }
        }
        catch (ArgumentException)
        {
            errors.Add("", "A field is given twice.");
        }

        return read;
    }

    /// <summary>True for a secret that is kept although nobody can read it: what its check says is of no meaning.</summary>
    public bool IsUnread(string option) => _unread.Contains(option);

    /// <summary>Seals checked options for the database.</summary>
    public string Seal(string plain)
    {
        if (_kind.Secrets.Count == 0 || JsonNode.Parse(plain) is not JsonObject json)
        {
            return plain;
        }

        foreach (var name in _kind.Secrets)
        {
            if (_unread.Contains(name))
            {
                json[name] = _stored![name]!.DeepClone();
            }
            else if (json[name] is { } value)
            {
                json[name] = IsAsStored(name, value) ? _stored![name]!.DeepClone() : _secrets.Seal(value);
            }
        }

        return _secrets.Seal(_kind, json.ToJsonString(KindOptions.Json));
    }

    private void Substitute(JsonObject sent, FieldErrors errors)
    {
        foreach (var name in _kind.Secrets.Where(name => sent[name] is not null))
        {
            var (value, kept) = (sent[name]!, _stored?[name]);
            var isMask = value is JsonValue text && text.TryGetValue(out string? mask) && mask == SecretOptions.Mask;
            if (isMask && kept is null)
            {
                errors.Add(name, $"{SecretOptions.Mask} stands for a secret that is stored, and none is: give the secret itself.");
            }
            else if (kept is not null && (isMask || JsonNode.DeepEquals(value, kept)))
            {
                sent[name] = _secrets.Open(kept);
                if (sent[name] is null)
                {
                    sent.Remove(name);
                    _unread.Add(name);
                }
            }
        }
    }

    private bool IsAsStored(string name, JsonNode plain) => _stored?[name] is { } kept && _secrets.Open(kept) is { } before && JsonNode.DeepEquals(before, plain);
}
