using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Refresher.Core;
using Refresher.Core.Runs;
using Refresher.Core.Schedules.Cadences;

namespace Refresher.Web.Forms;

/// <summary>The filters of the list of runs as they stand in its address. What cannot be read does not filter, and is named.</summary>
public sealed class RunFilterForm
{
    private static readonly string[] Names =
        ["state", "kind", "schedule", "tag", "trigger", "worker", "queue", "since", "from", "to", "zone", "late", "text", "in"];

    /// <summary>Behind the fold of the form.</summary>
    private static readonly string[] Folded = ["schedule", "tag", "worker", "queue", "from", "to", "late"];

    private static readonly Dictionary<string, TimeSpan> Spans = new(StringComparer.Ordinal)
    {
        ["1h"] = TimeSpan.FromHours(1),
        ["24h"] = TimeSpan.FromDays(1),
        ["168h"] = TimeSpan.FromDays(7),
    };

    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);

    private RunFilterForm()
    {
    }

    public FieldErrors Errors { get; } = new();

    public IReadOnlyCollection<RunState> States { get; private set; } = [];

    /// <summary>Text of a field; empty when it has none.</summary>
    public string this[string name] => _texts.GetValueOrDefault(name, "");

    public bool IsEmpty => Names.All(name => name == "zone" || this[name].Length == 0);

    public bool IsUnfolded => Folded.Any(name => this[name].Length > 0);

    /// <summary>The zone of <c>from</c> and <c>to</c>; the viewer's own takes its place where nothing is chosen yet.</summary>
    public string Zone => this["zone"] is { Length: > 0 } zone ? zone : "UTC";

    public bool IsZoneOpen => this["zone"].Length == 0 && this["from"].Length == 0 && this["to"].Length == 0;

    public static RunFilterForm From(IQueryCollection query)
    {
        var form = new RunFilterForm();
        foreach (var name in Names)
        {
            form._texts[name] = query[name].ToString().Replace("\0", "", StringComparison.Ordinal).Trim();
        }

        form.States = form.ReadStates();
        return form;
    }

    public RunFilter ToFilter(DateTimeOffset now) => new()
    {
        States = States,
        Kind = Text("kind"),
        ScheduleId = Guid.TryParse(this["schedule"], out var schedule) ? schedule : null,
        ScheduleKey = Guid.TryParse(this["schedule"], out _) ? null : Text("schedule"),
        Tag = Text("tag"),
        Trigger = Words<RunTrigger>.TryParse(this["trigger"], out var trigger) ? trigger : null,
        Worker = Text("worker"),
        Queue = Text("queue"),
        From = Instant("from") ?? (Spans.TryGetValue(this["since"], out var span) ? now - span : null),
        To = Instant("to"),
        Late = Seconds(),
        Text = this["text"] is { Length: > 0 and <= RunFilter.LongestText } text ? text : null,
        InLog = this["in"] == "log",
    };

    /// <summary>An address with these filters and some changed; a change to null or nothing takes one away.</summary>
    public string Address(string path, params (string Name, string? Value)[] changes)
    {
        var query = Names.ToDictionary(name => name, string? (name) => this[name], StringComparer.Ordinal);
        foreach (var (name, value) in changes)
        {
            query[name] = value;
        }

        return QueryHelpers.AddQueryString(path, query.Where(pair => !string.IsNullOrEmpty(pair.Value)));
    }

    /// <summary>The address in which a state is asked for as well, or not any more.</summary>
    public string Toggled(RunState state)
    {
        var states = States.Contains(state) ? States.Where(other => other != state) : States.Append(state);
        return Address("/runs", ("state", string.Join(',', states.Order().Select(one => one.Word()))));
    }

    private List<RunState> ReadStates()
    {
        var states = new List<RunState>();
        foreach (var word in this["state"].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (Words<RunState>.TryParse(word, out var state))
            {
                states.Add(state);
            }
            else
            {
                Errors.Add("state", $"There is no state '{word}'. There are: {string.Join(", ", Words<RunState>.All)}.");
            }
        }

        return states;
    }

    private string? Text(string name) => this[name] is { Length: > 0 } text ? text : null;

    private TimeSpan? Seconds()
    {
        if (this["late"].Length == 0)
        {
            return null;
        }

        if (double.TryParse(this["late"], NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0 and < 1e8)
        {
            return TimeSpan.FromSeconds(seconds);
        }

        Errors.Add("late", "Late by: a number of seconds is needed, like 10.");
        return null;
    }

    /// <summary>A date and time on the clocks of the chosen zone.</summary>
    private DateTimeOffset? Instant(string name)
    {
        if (this[name].Length == 0)
        {
            return null;
        }

        if (!TimeZones.TryFind(Zone, out var zone))
        {
            Errors.Add("zone", TimeZones.WhatIsRight(Zone));
            return null;
        }

        if (DateTime.TryParse(this[name], CultureInfo.InvariantCulture, DateTimeStyles.None, out var local) && local.Kind == DateTimeKind.Unspecified && local.Year is > 1970 and < 9000)
        {
            return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
        }

        Errors.Add(name, $"{name}: a date and time is needed, like 2026-01-31T08:00.");
        return null;
    }
}
