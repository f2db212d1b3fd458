using System.Text.Json;

namespace Refresher.Core.Schedules.Cadences;

/// <summary>Cadences as JSON: how they are stored, and how what a client sent is read with an error for each wrong field.</summary>
public static class CadenceJson
{
    /// <summary>camelCase; <c>type</c> may stand anywhere, because jsonb does not keep the order of properties.</summary>
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web) { AllowOutOfOrderMetadataProperties = true };

    public static string Write(Cadence cadence) => JsonSerializer.Serialize(cadence, Options);

    /// <summary>Reads what was stored.</summary>
    /// <exception cref="JsonException">It is not a cadence.</exception>
    public static Cadence Read(string json) => JsonSerializer.Deserialize<Cadence>(json, Options) ?? throw new JsonException("A cadence is not null.");

    /// <summary>Reads and validates what a client sent.</summary>
    /// <returns>The cadence, or null with at least one error.</returns>
    public static Cadence? Read(JsonElement sent, out IReadOnlyList<CadenceError> errors)
    {
        CadenceReader reader = new(sent);
        Cadence? cadence;
        try
        {
            cadence = reader.Read();
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair: JSON allows it to be written, and no text can hold it.
            errors = [new CadenceError("cadence", "cadence has a text that is not valid Unicode.")];
            return null;
        }

        errors = cadence is not null && reader.Errors.Count == 0 ? cadence.Validate() : reader.Errors;
        return errors.Count == 0 ? cadence : null;
    }
}
