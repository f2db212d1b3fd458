using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Refresher.Core.Http;

/// <summary>Reads the parameters of a query string one by one and keeps what is wrong with them.</summary>
public sealed class QueryReader
{
    private readonly IQueryCollection _query;

    public QueryReader(IQueryCollection query, IReadOnlyList<QueryParameter> known)
    {
        _query = query;
        foreach (var name in query.Keys.Where(name => known.All(parameter => parameter.Name != name)))
        {
            Errors.Add(name, known.Count == 0 ? "There are no parameters here." : $"There is no such parameter. There are: {string.Join(", ", known.Select(parameter => parameter.Name))}.");
        }
    }

    public FieldErrors Errors { get; } = new();

    public string? Text(string name)
    {
        var values = _query[name];
        if (values.Count > 1)
        {
            Errors.Add(name, $"{name} is given {values.Count} times.");
        }

        var text = values.Count == 0 ? null : values[0];
        return text?.Contains('\0', StringComparison.Ordinal) is true ? Wrong<string>(name, "a text without NUL") : text;
    }

    public int Limit() => (int)(Number(QueryParameter.Limit.Name, 1, Page<object>.MostLimit) ?? Page<object>.DefaultLimit);

    public long? Number(string name, long least, long most) => Text(name) switch
    {
        null => null,
        var text when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most => number,
        _ => Wrong<long?>(name, $"a number from {least} to {most}"),
    };

    public Guid? Id(string name, string what = "an id") => Text(name) switch
    {
        null => null,
        var text when Guid.TryParse(text, out var id) => id,
        _ => Wrong<Guid?>(name, what),
    };

    public bool? Flag(string name) => Text(name) switch
    {
        null => null,
        var text when bool.TryParse(text, out var flag) => flag,
        _ => Wrong<bool?>(name, "true or false"),
    };

    /// <summary>ISO 8601 with an offset. A plus sign that was not escaped arrives as a space and is taken for what it was.</summary>
    public DateTimeOffset? Instant(string name) => Text(name)?.Replace(' ', '+') switch
    {
        null => null,
        var text when IsZoned(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var instant) => instant,
        _ => Wrong<DateTimeOffset?>(name, "an instant like 2026-01-31T08:00:00Z"),
    };

    public TEnum? Word<TEnum>(string name)
        where TEnum : struct, Enum => Text(name) switch
        {
            null => null,
            var text when Words<TEnum>.TryParse(text, out var value) => value,
            _ => Wrong<TEnum?>(name, "one of " + string.Join(", ", Words<TEnum>.All)),
        };

    /// <summary>Words separated by commas; empty when the parameter is not there.</summary>
    public IReadOnlyCollection<TEnum> WordList<TEnum>(string name)
        where TEnum : struct, Enum
    {
        var values = new List<TEnum>();
        foreach (var word in Text(name)?.Split(',', StringSplitOptions.TrimEntries) ?? [])
        {
            if (!Words<TEnum>.TryParse(word, out var value))
            {
                Wrong<TEnum>(name, "one or, with commas, several of " + string.Join(", ", Words<TEnum>.All));
                return [];
            }

            values.Add(value);
        }

        return values;
    }

    public T? Wrong<T>(string name, string right)
    {
        Errors.Add(name, $"{name} must be {right}.");
        return default;
    }

    private static bool IsZoned(string text) =>
        text.IndexOf('T', StringComparison.Ordinal) is > 0 and var time && (text.EndsWith('Z') || text.AsSpan(time).IndexOfAny('+', '-') > 0);
}
