using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Refresher.Core.Access;
using Refresher.Core.Contract;

namespace Refresher.Core.Alerts.Channels;

/// <summary>A channel as people and programs give it.</summary>
public sealed record ChannelInput
{
    [Required(ErrorMessage = "name is needed: 1 to 100 characters.")]
    [StringLength(100, ErrorMessage = "name: at most 100 characters.")]
    [RegularExpression(@"^[^\x00-\x1f]*$", ErrorMessage = "name: no control characters.")]
    public string? Name { get; init; }

    /// <summary>One of <see cref="ChannelKinds"/>; a channel that is there keeps its own.</summary>
    public string? Kind { get; init; }

    /// <summary>As the kind's schema says; a secret sent as <see cref="SecretOptions.Mask"/> stays as it is.</summary>
    public JsonElement? Settings { get; init; }

    /// <summary>Null: true.</summary>
    public bool? Enabled { get; init; }
}

/// <summary>Checks a channel's input field by field.</summary>
internal sealed class ChannelReader(ChannelKinds kinds, OptionSecrets secrets)
{
    /// <param name="stored">The settings that are there; null for a new channel.</param>
    /// <returns>Settings to be stored, secrets sealed; null with at least one error.</returns>
    public string? Read(ChannelInput input, string? kindName, string? stored, FieldErrors errors)
    {
        JsonInput.Validate(input, errors);
        if (!kinds.TryFind(kindName, out var kind))
        {
            errors.Add("kind", $"kind: one of {string.Join(", ", kinds.All.Select(known => known.Shape.Name))}.");
            return null;
        }

        var wrong = new FieldErrors();
        var sent = SentSecrets.Of(secrets, kind.Shape, input.Settings?.GetRawText() ?? "{}", stored, wrong);
        var unfit = KindOptions.TryRead(kind.Shape, sent.Plain, out var settings);
        foreach (var (field, messages) in unfit.Where(error => !sent.IsUnread(error.Key)))
        {
            wrong.Add(field, string.Join(' ', messages));
        }

        errors.AddAll(wrong, "settings");
        return errors.Count == 0 && settings is not null ? sent.Seal(Data.StoredText.CleanJson(KindOptions.Write(settings))) : null;
    }
}
