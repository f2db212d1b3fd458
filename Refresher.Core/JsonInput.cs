using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text;
using System.Text.Json;

namespace Refresher.Core;

/// <summary>JSON from outside, read into a record and checked by its attributes, with an error for the field that is wrong.</summary>
public static class JsonInput
{
    /// <summary>Reads; null with an error when it does not fit the type, null without one for JSON's own null.</summary>
    public static object? Read(string json, Type type, JsonSerializerOptions options, FieldErrors errors) =>
        Read(Encoding.UTF8.GetBytes(json), type, options, errors);

    /// <inheritdoc cref="Read(string, Type, JsonSerializerOptions, FieldErrors)"/>
    public static object? Read(ReadOnlySpan<byte> json, Type type, JsonSerializerOptions options, FieldErrors errors)
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
        catch (ArgumentException)
        {
            // JSON read as it is, into nodes, says no more than this.
            errors.Add("", "A field is given twice.");
            return null;
        }
    }

    /// <inheritdoc cref="Read(string, Type, JsonSerializerOptions, FieldErrors)"/>
    public static T? Read<T>(ReadOnlySpan<byte> json, JsonSerializerOptions options, FieldErrors errors)
        where T : class => (T?)Read(json, typeof(T), options, errors);

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

    // A path is "$", "$.name", "$[3].name" or "$['odd name'].inner[2]".
    private static string FieldOf(JsonException error) =>
        IsMalformed(error) || error.Path is not { Length: > 1 } path ? "" : path[1] == '.' ? path[2..] : path[1..];

    // The serializer wraps what the reader of JSON itself complains about.
    private static bool IsMalformed(JsonException error) => error.InnerException is JsonException;

    private static string MessageOf(JsonException error, Type type)
    {
        if (error.InnerException is JsonException malformed)
        {
            var what = malformed.Message.Split(" LineNumber:", 2)[0];
            return $"This is not JSON (line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1}): {what}";
        }

        var field = FieldOf(error);
        if (error.Message.Contains("could not be mapped to any .NET member", StringComparison.Ordinal))
        {
            var known = TypeAt(type, ParentOf(field)) is { } parent ? Properties(parent).Select(property => NameOf(property.Name)) : [];
            return $"There is no such field. There are: {string.Join(", ", known)}.";
        }

        if (error.Message.StartsWith("Duplicate property", StringComparison.Ordinal))
        {
            return "This field is given twice.";
        }

        return field.Length == 0 ? "This must be a JSON object." : $"This must be {(TypeAt(type, field) is { } wanted ? WordFor(wanted) : "of the form that the schema shows")}.";
    }

    private static string ParentOf(string field) =>
        field[..Math.Max(0, field.EndsWith("']", StringComparison.Ordinal) ? field.LastIndexOf("['", StringComparison.Ordinal) : field.LastIndexOf('.'))];

    /// <summary>The type of what stands at a path like <c>[3].retry.delay</c>; null when the path leads out of what is known.</summary>
    private static Type? TypeAt(Type type, string path)
    {
        Type? at = ItemOf(type) is { } only && !path.StartsWith('[') ? only : type;
        foreach (var step in path.Split(['.', '[', ']'], StringSplitOptions.RemoveEmptyEntries))
        {
            at = at is null ? null
                : char.IsAsciiDigit(step[0]) ? ItemOf(at)
                : Properties(at).FirstOrDefault(property => string.Equals(property.Name, step, StringComparison.OrdinalIgnoreCase))?.PropertyType;
            at = at is null ? null : Nullable.GetUnderlyingType(at) ?? at;
        }

        return at;
    }

    private static Type? ItemOf(Type type) =>
        type == typeof(string) ? null : type.IsArray ? type.GetElementType() : typeof(IEnumerable).IsAssignableFrom(type) && type.IsGenericType ? type.GetGenericArguments()[0] : null;

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
        _ when type.IsArray || typeof(IEnumerable).IsAssignableFrom(type) => "a list, or an object, of the form that the schema shows",
        _ => "an object of the form that the schema shows",
    };
}
