using Refresher.Core;

namespace Refresher.Ui;

/// <summary>Finds what is wrong with a field of a form among errors named as the Api names them.</summary>
public static class Fields
{
    /// <summary>The errors of a field and of what is within it: <c>options.headers</c> has those of <c>options.headers[2]</c>.</summary>
    public static IEnumerable<string> For(this FieldErrors errors, string field) => errors
        .Where(error => IsWithin(error.Key, field))
        .SelectMany(error => error.Value);

    /// <summary>Bootstrap's class for a field that is wrong.</summary>
    public static string? Mark(this FieldErrors errors, string field) => errors.For(field).Any() ? "is-invalid" : null;

    private static bool IsWithin(string name, string field) =>
        name.StartsWith(field, StringComparison.OrdinalIgnoreCase) && (name.Length == field.Length || name[field.Length] is '.' or '[');
}
