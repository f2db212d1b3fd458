using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;

namespace Refresher.Core.Contract;

/// <summary>Reads, checks and describes the options of kinds, from the attributes of their records.</summary>
public static class KindOptions
{
    /// <summary>How options are written: camelCase, enums as words; a name that no option has is an error, not a shrug.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        NumberHandling = JsonNumberHandling.Strict,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <summary>Reads a kind's options from JSON and checks them.</summary>
    /// <param name="options">The record, when nothing is wrong.</param>
    public static FieldErrors TryRead(OptionsShape kind, string json, out object? options)
    {
        var errors = new FieldErrors();
        options = null;
        if (kind.OptionsType is not { } type)
        {
            return errors.Add("", $"The kind '{kind.Name}' does not run.");
        }

        options = JsonInput.Read(json, type, Json, errors) ?? (errors.Count == 0 ? Activator.CreateInstance(type) : null);
        return options is null ? errors : JsonInput.Validate(options, errors);
    }

    /// <summary>Options as they are stored.</summary>
    public static string Write(object options) => JsonSerializer.Serialize(options, options.GetType(), Json);

    /// <summary>A kind's options with their defaults; null members for what must be given.</summary>
    public static JsonObject Defaults(OptionsShape kind) =>
        kind.OptionsType is { } type && type.GetConstructor(Type.EmptyTypes) is not null
            ? (JsonObject)JsonSerializer.SerializeToNode(Activator.CreateInstance(type), type, Json)!
            : [];

    /// <summary>The JSON schema (draft 2020-12) of a kind's options: types, ranges, defaults, descriptions; secrets are <c>writeOnly</c>.</summary>
    public static JsonNode Schema(OptionsShape kind) => kind.OptionsType is not { } type ? new JsonObject() : Json.GetJsonSchemaAsNode(type, new JsonSchemaExporterOptions
    {
        TreatNullObliviousAsNonNullable = true,
        TransformSchemaNode = (context, schema) =>
        {
            if (schema is JsonObject node && context.PropertyInfo?.AttributeProvider is { } attributes)
            {
                Describe(node, attributes);
            }

            return schema;
        },
    });

    private static void Describe(JsonObject schema, ICustomAttributeProvider attributes)
    {
        foreach (var attribute in attributes.GetCustomAttributes(inherit: true))
        {
            switch (attribute)
            {
                case DescriptionAttribute description:
                    schema["description"] = description.Description;
                    break;
                case RangeAttribute range:
                    schema[range.Minimum is string ? "formatMinimum" : "minimum"] = JsonSerializer.SerializeToNode(range.Minimum);
                    schema[range.Maximum is string ? "formatMaximum" : "maximum"] = JsonSerializer.SerializeToNode(range.Maximum);
                    break;
                case StringLengthAttribute length:
                    schema["minLength"] = length.MinimumLength;
                    schema["maxLength"] = length.MaximumLength;
                    break;
                case RegularExpressionAttribute expression:
                    schema["pattern"] = expression.Pattern;
                    break;
                case SecretAttribute:
                    schema["writeOnly"] = true;
                    break;
            }
        }
    }
}
