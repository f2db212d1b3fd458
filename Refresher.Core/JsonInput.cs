using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;

namespace Refresher.Core;

/// <summary>JSON from outside, read into a record and checked by its attributes, with an error for the field that is wrong.</summary>
public static class JsonInput
{
    /// <summary>Reads; null with an error when it does not fit the type, null without one for JSON's own null.</summary>
    public static object? Read(string json, Type type, JsonSerializerOptions options, FieldErrors errors)
    {
        try
        {
            return JsonSerializer.Deserialize(json, type, options);
        }
        catch (JsonException error)
        {
            errors.Add(FieldOf(error), MessageOf(error, type));
            return null;
        }
    }

    /// <inheritdoc cref="Read(string, Type, JsonSerializerOptions, FieldErrors)"/>
    public static T? Read<T>(string json, JsonSerializerOptions options, FieldErrors errors)
        where T : class => (T?)Read(json, typeof(T), options, errors);

    /// <summary>Checks what the attributes of the record say.</summary>
    public static FieldErrors Validate(object input, FieldErrors errors)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(input, new ValidationContext(input), results, validateAllProperties: true);
        foreach (var result in results)
        {
            errors.Add(result.MemberNames.FirstOrDefault() is { } member ? NameOf(member) : "", result.ErrorMessage ?? "This is not valid.");
        }

        return errors;
    }

    private static string NameOf(string member) => JsonNamingPolicy.CamelCase.ConvertName(member);

    // A path is "$", "$.name" or "$['odd name'].inner[2]".
    private static string FieldOf(JsonException error) => error.Path is { Length: > 2 } path && path[1] == '.' ? path[2..] : error.Path?.TrimStart('$') ?? "";

    private static string MessageOf(JsonException error, Type type)
    {
        if (error.Message.Contains("could not be mapped to any .NET member", StringComparison.Ordinal))
        {
            return $"There is no such field. There are: {string.Join(", ", Properties(type).Select(property => NameOf(property.Name)))}.";
        }

        if (error.InnerException is null && error.Path is null or "$" && error.BytePositionInLine is not null && !error.Message.Contains("could not be converted", StringComparison.Ordinal))
        {
            return $"This is not JSON (line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1}).";
        }

        var name = FieldOf(error).Split('.', '[')[0];
        return Properties(type).FirstOrDefault(p => string.Equals(p.Name, name, StringComparison.OrdinalIgnoreCase)) is { } property
            ? $"This must be {WordFor(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType)}."
            : "This must be a JSON object.";
    }

    private static PropertyInfo[] Properties(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance);

    private static string WordFor(Type type) => type switch
    {
        _ when type == typeof(string) => "a text",
        _ when type == typeof(bool) => "true or false",
        _ when type == typeof(TimeSpan) => "a duration like 00:05:00 ([d.]hh:mm:ss[.fff])",
        _ when type == typeof(DateTimeOffset) => "an instant like 2026-01-31T08:00:00Z",
        _ when type == typeof(Guid) => "an id",
        _ when type.IsEnum => "one of " + string.Join(", ", Enum.GetNames(type).Select(NameOf)),
        _ when type.IsPrimitive => "a number that fits",
        _ when type.IsArray || typeof(System.Collections.IEnumerable).IsAssignableFrom(type) => "a list, or an object, of the form that the schema shows",
        _ => "an object of the form that the schema shows",
    };
}
