using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Refresher.Core;
using Refresher.Core.Schedules.Cadences;
using Refresher.Core.Schedules.Calendars;

namespace Refresher.Api.Schedules;

/// <summary>What to preview.</summary>
internal sealed record PreviewInput
{
    public JsonElement? Cadence { get; init; }

    /// <summary>Occurrences after this; a fixed rate is counted from it. Null: now.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Names of calendars; occurrences that they exclude get a note.</summary>
    public string[]? Calendars { get; init; }

    [Range(1, CadencePreview.Most, ErrorMessage = "count: 1 to 1000.")]
    public int Count { get; init; } = 10;
}

/// <summary>A cadence in words, and its next occurrences.</summary>
internal sealed record PreviewView(string Description, IReadOnlyList<OccurrenceView> Occurrences)
{
    /// <returns>Null with at least one error.</returns>
    public static PreviewView? Of(PreviewInput input, CalendarSet calendars, DateTimeOffset now, out FieldErrors errors)
    {
        errors = JsonInput.Validate(input, new FieldErrors());
        var cadence = CadenceJson.Read(input.Cadence ?? default, out var wrong);
        foreach (var error in wrong)
        {
            errors.Add(error.Field, error.Message);
        }

        if (input.Calendars?.Where(name => name is null || !calendars.Has(name)).ToArray() is { Length: > 0 } missing)
        {
            errors.Add("calendars", $"calendars: there is no calendar '{string.Join("', '", missing)}'; GET /api/v1/calendars lists them.");
        }

        if (cadence is null || errors.Count > 0)
        {
            return null;
        }

        var from = input.From ?? now;
        var coming = CadencePreview.Of(cadence, new CadenceContext(from), from, input.Count);
        return new PreviewView(CadenceDescription.Describe(cadence), [.. coming.Select(occurrence => OccurrenceView.Of(calendars.Noted(occurrence, input.Calendars ?? [])))]);
    }
}
