using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Refresher.Core.Contract;

namespace Refresher.Web.Forms;

/// <summary>How an option is asked for.</summary>
public enum OptionInput
{
    Text,
    MultiLine,
    Number,
    Switch,
    Choice,
    Duration,

    /// <summary>A list of texts or numbers, one a line.</summary>
    Lines,

    /// <summary>Anything else, as JSON.</summary>
    Json,
}

/// <summary>One property of an options record as a field of a form: everything in it comes from the property's type and attributes.</summary>
public sealed partial record OptionField
{
    /// <summary>Texts that may be longer than this get more than a line.</summary>
    private const int LongText = 2000;

    private OptionField(PropertyInfo property)
    {
        var nullable = Nullable.GetUnderlyingType(property.PropertyType);
        Type = nullable ?? property.PropertyType;
        Name = JsonNamingPolicy.CamelCase.ConvertName(property.Name);
        Label = property.GetCustomAttribute<DisplayAttribute>()?.Name ?? Words().Replace(property.Name, match => " " + match.Value.ToLowerInvariant()).Trim() switch
        {
            [var first, .. var rest] => char.ToUpperInvariant(first) + rest,
            var none => none,
        };
        Description = property.GetCustomAttribute<DescriptionAttribute>()?.Description ?? "";
        IsSecret = property.IsDefined(typeof(SecretAttribute));
        IsRequired = property.IsDefined(typeof(RequiredAttribute)) || property.IsDefined(typeof(System.Runtime.CompilerServices.RequiredMemberAttribute));
        MayBeNull = nullable is not null || (!Type.IsValueType && new NullabilityInfoContext().Create(property).WriteState == NullabilityState.Nullable);
        (Minimum, Maximum) = property.GetCustomAttribute<RangeAttribute>() is { } range ? (range.Minimum, range.Maximum) : (null, null);
        MaxLength = property.GetCustomAttribute<StringLengthAttribute>()?.MaximumLength ?? (Type == typeof(string) ? property.GetCustomAttribute<MaxLengthAttribute>()?.Length : null);
        Choices = ChoicesOf(property, Type);
        Input = InputOf(property);
    }

    public string Name { get; }

    public string Label { get; }

    public string Description { get; }

    public OptionInput Input { get; }

    /// <summary>Without <see cref="Nullable{T}"/>.</summary>
    public Type Type { get; }

    public bool IsSecret { get; }

    public bool IsRequired { get; }

    public bool MayBeNull { get; }

    public object? Minimum { get; }

    public object? Maximum { get; }

    public int? MaxLength { get; }

    /// <summary>The words to choose from; empty where anything may be written.</summary>
    public IReadOnlyList<string> Choices { get; }

    /// <summary>Name of the field in the form.</summary>
    public string FormName => "options." + Name;

    public bool IsInteger => Type != typeof(double) && Type != typeof(float) && Type != typeof(decimal);

    /// <summary><c>0 to 10</c>; null where everything goes.</summary>
    public string? RangeInWords => Minimum is null ? null : $"{Minimum} to {Maximum}";

    /// <summary>The fields of a kind's options, in the order they are written in.</summary>
    public static IReadOnlyList<OptionField> Of(OptionsShape kind) =>
        [.. (kind.OptionsType?.GetProperties() ?? []).Where(property => property.CanWrite && property.GetMethod is { IsStatic: false }).Select(property => new OptionField(property))];

    private static string[] ChoicesOf(PropertyInfo property, Type type) =>
        type.IsEnum ? [.. Enum.GetNames(type).Select(JsonNamingPolicy.CamelCase.ConvertName)]
        : property.GetCustomAttribute<AllowedValuesAttribute>() is { } allowed ? [.. allowed.Values.Select(value => value?.ToString() ?? "")]
        : [];

    private OptionInput InputOf(PropertyInfo property) => Type switch
    {
        _ when Choices.Count > 0 => OptionInput.Choice,
        _ when Type == typeof(bool) && !MayBeNull => OptionInput.Switch,
        _ when Type == typeof(TimeSpan) => OptionInput.Duration,
        _ when Type == typeof(string) || Type == typeof(Uri) => IsLong(property) ? OptionInput.MultiLine : OptionInput.Text,
        _ when IsNumber(Type) => OptionInput.Number,
        _ when ElementOf(Type) is { } element && (element == typeof(string) || IsNumber(element)) => OptionInput.Lines,
        _ => OptionInput.Json,
    };

    private bool IsLong(PropertyInfo property) => property.GetCustomAttribute<DataTypeAttribute>()?.DataType == DataType.MultilineText || MaxLength > LongText;

    /// <summary>The type of a list's elements; null for what is no list.</summary>
    public static Type? ElementOf(Type type) => type.IsArray
        ? type.GetElementType()
        : type.IsGenericType && type.GetGenericArguments() is [var element] && typeof(System.Collections.IEnumerable).IsAssignableFrom(type) ? element : null;

    public static bool IsNumber(Type type) =>
        type == typeof(int) || type == typeof(long) || type == typeof(short) || type == typeof(double) || type == typeof(float) || type == typeof(decimal);

    [GeneratedRegex("(?<=[a-z0-9])[A-Z]")]
    private static partial Regex Words();
}
