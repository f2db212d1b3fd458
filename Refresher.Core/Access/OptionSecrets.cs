using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.DataProtection;
using Refresher.Core.Contract;

namespace Refresher.Core.Access;

/// <summary>
/// Keeps the <see cref="SecretAttribute"/> options encrypted wherever options are stored: sealed when they are written, opened by the worker
/// that runs them and by nobody else. A sealed value is one JSON string, <see cref="Prefix"/> and what Data Protection made of the value's JSON.
/// </summary>
public sealed class OptionSecrets(IDataProtectionProvider protection)
{
    /// <summary>How a sealed value begins; the number is that of the purpose.</summary>
    public const string Prefix = "sealed:v1:";

    private readonly IDataProtector _protector = protection.CreateProtector("Refresher.OptionSecrets.v1");

    /// <summary>Seals what is still plain in stored options, those of the time before they were sealed; what is sealed stays as it is.</summary>
    /// <param name="kind">Null when the program no longer has it: then nothing tells what is secret.</param>
    public string Seal(OptionsShape? kind, string options)
    {
        if (kind is null || kind.Secrets.Count == 0 || JsonNode.Parse(options) is not JsonObject json || !kind.Secrets.Any(name => json[name] is { } value && !IsSealed(value)))
        {
            return options;
        }

        foreach (var name in kind.Secrets.Where(name => json[name] is { } value && !IsSealed(value)))
        {
            json[name] = Seal(json[name]!);
        }

        return json.ToJsonString(KindOptions.Json);
    }

    /// <summary>The options as the task gets them. A value from before secrets were sealed is taken as it is.</summary>
    /// <exception cref="UnreadableSecretException">The key that sealed one of them is not there.</exception>
    public (string Options, HiddenTexts Texts) Open(OptionsShape kind, string stored)
    {
        if (kind.Secrets.Count == 0 || JsonNode.Parse(stored) is not JsonObject json)
        {
            return (stored, HiddenTexts.None);
        }

        var values = new List<JsonNode>();
        foreach (var name in kind.Secrets.Where(name => json[name] is not null))
        {
            var value = Open(json[name]!) ?? throw new UnreadableSecretException(name);
            json[name] = value;
            values.Add(value);
        }

        return (json.ToJsonString(KindOptions.Json), HiddenTexts.Of(values));
    }

    /// <summary>One value as it was sealed; one that is not sealed is taken as it is.</summary>
    /// <returns>The plain value; null when its key is not there.</returns>
    public JsonNode? Open(JsonNode value)
    {
        if (!IsSealed(value))
        {
            return value.DeepClone();
        }

        try
        {
            return JsonNode.Parse(_protector.Unprotect(value.GetValue<string>()[Prefix.Length..]));
        }
        catch (Exception error) when (error is CryptographicException or FormatException or JsonException)
        {
            return null;
        }
    }

    /// <summary>One value as it is stored.</summary>
    public JsonNode Seal(JsonNode value) => JsonValue.Create(Prefix + _protector.Protect(value.ToJsonString()));

    private static bool IsSealed(JsonNode value) => value is JsonValue && value.GetValueKind() == JsonValueKind.String && value.GetValue<string>().StartsWith(Prefix, StringComparison.Ordinal);
}

/// <summary>A secret option was sealed with a key that this installation does not have.</summary>
public sealed class UnreadableSecretException(string option) : Exception(
    $"The secret option '{option}' cannot be read: the key it was encrypted with is not in the table data_protection_keys. Enter the secret again in the schedule's options, or bring the keys back from the backup that the options are from.");
