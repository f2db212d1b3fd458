using System.Text.Json;
using System.Text.Json.Serialization;
using Refresher.Core.Data;

namespace Refresher.Core.Alerts.Messages;

/// <summary>What a message is sent for.</summary>
public enum NoticeKind
{
    /// <summary>Something turned for worse.</summary>
    Begun,

    /// <summary>It still lasts.</summary>
    Reminder,

    /// <summary>It is over.</summary>
    Over,

    /// <summary>Somebody tries a channel.</summary>
    Test,

    /// <summary>A summary of a day or a week.</summary>
    Digest,
}

/// <summary>What people are told, kept with its delivery as it was when it became due; each channel writes it in its own form.</summary>
public sealed record AlertMessage
{
    private const int MostTitle = 150, MostReason = 1000, MostFacts = 20, MostFact = 300;

    public required NoticeKind Notice { get; init; }

    /// <summary>What happened to whom, at most 150 characters: <c>Site down: Shop</c>.</summary>
    public required string Title { get; init; }

    /// <summary>The name of an <see cref="AlertCondition"/>; null where there is none.</summary>
    public string? Condition { get; init; }

    public string? SubjectId { get; init; }

    public string? SubjectName { get; init; }

    /// <summary>When it became due to be told; for what is over, when it ended.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>When it began.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>How often in a row, where that is counted; otherwise 1.</summary>
    public int Count { get; init; } = 1;

    public string? Reason { get; init; }

    /// <summary>Page of the admin that shows it.</summary>
    public string? Path { get; init; }

    /// <summary>The name of the rule that asked for it.</summary>
    public string? Rule { get; init; }

    public IReadOnlyList<KeyValuePair<string, string>> Facts { get; init; } = [];

    /// <summary>What a digest tells, part by part.</summary>
    public IReadOnlyList<MessageTable> Tables { get; init; } = [];

    /// <summary>From <see cref="Since"/> to <see cref="At"/>; null when nothing lasts.</summary>
    [JsonIgnore]
    public TimeSpan? Lasted => Since is { } since && At > since ? At - since : null;

    /// <summary>Cut and cleaned, fit to be stored.</summary>
    public AlertMessage Trimmed() => this with
    {
        Title = StoredText.Clean(Title, MostTitle),
        SubjectName = SubjectName is null ? null : StoredText.Clean(SubjectName, MostTitle),
        Reason = string.IsNullOrWhiteSpace(Reason) ? null : StoredText.Clean(Reason, MostReason),
        Facts = [.. Facts.Take(MostFacts).Select(fact => KeyValuePair.Create(StoredText.Clean(fact.Key, MostFact), StoredText.Clean(fact.Value, MostFact)))],
        Tables = [.. Tables.Select(table => table.Trimmed())],
    };

    public string ToJson() => StoredText.CleanJson(JsonSerializer.Serialize(Trimmed(), MessageJson.Default.AlertMessage));

    public static AlertMessage FromJson(string json) => JsonSerializer.Deserialize(json, MessageJson.Default.AlertMessage)!;
}

/// <summary>A part of a digest: a title, a sentence, and rows under headings.</summary>
/// <param name="Summary">One sentence that says the most of it; may stand alone.</param>
/// <param name="Columns">Headings; empty without rows.</param>
/// <param name="Rows">At most 50, each with as many texts as there are headings.</param>
public sealed record MessageTable(string Title, string Summary, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    private const int MostRows = 50, MostColumns = 10, MostCell = 200;

    internal MessageTable Trimmed() => new(
        StoredText.Clean(Title, MostCell),
        StoredText.Clean(Summary, 1000),
        [.. Columns.Take(MostColumns).Select(text => StoredText.Clean(text, MostCell))],
        [.. Rows.Take(MostRows).Select(row => (IReadOnlyList<string>)[.. row.Take(MostColumns).Select(text => StoredText.Clean(text, MostCell))])]);
}

/// <summary>How messages are written beside their deliveries.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(AlertMessage))]
internal sealed partial class MessageJson : JsonSerializerContext;
