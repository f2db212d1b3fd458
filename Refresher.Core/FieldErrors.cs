using System.Collections;

namespace Refresher.Core;

/// <summary>What is wrong with an input, by the name of the field as the person or program gave it. Empty: nothing.</summary>
public sealed class FieldErrors : IReadOnlyCollection<KeyValuePair<string, string[]>>
{
    private readonly Dictionary<string, List<string>> _errors = new(StringComparer.Ordinal);

    public int Count => _errors.Count;

    /// <param name="field">The path in the request: <c>cadence.cron</c>.</param>
    /// <param name="message">A sentence that says what is right.</param>
    public FieldErrors Add(string field, string message)
    {
        if (!_errors.TryGetValue(field, out var messages))
        {
            _errors[field] = messages = [];
        }

        messages.Add(message);
        return this;
    }

    /// <summary>Takes over the errors of a part, whose fields stand below <paramref name="prefix"/>.</summary>
    public FieldErrors AddAll(FieldErrors part, string prefix)
    {
        foreach (var (field, messages) in part)
        {
            foreach (var message in messages)
            {
                Add(prefix.Length == 0 ? field : field.Length == 0 ? prefix : $"{prefix}.{field}", message);
            }
        }

        return this;
    }

    /// <summary>The messages of one field; empty when it is right.</summary>
    public IReadOnlyList<string> Of(string field) => _errors.TryGetValue(field, out var messages) ? messages : [];

    public Dictionary<string, string[]> ToDictionary() => _errors.ToDictionary(pair => pair.Key, pair => pair.Value.ToArray(), StringComparer.Ordinal);

    public IEnumerator<KeyValuePair<string, string[]>> GetEnumerator() => _errors.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.ToArray())).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => string.Join(" ", _errors.Select(pair => $"{pair.Key}: {string.Join(" ", pair.Value)}"));
}
