using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Refresher.Core.Runs;

/// <summary>A run as a line of JSON, with the names that the Api uses.</summary>
internal static class RunLine
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(Run run, string options)
    {
        using var stream = new MemoryStream(1024);
        using (var json = new Utf8JsonWriter(stream, Plain))
        {
            json.WriteStartObject();
            Write(json, run);
            Raw(json, "options", options);
            Raw(json, "output", run.Output);
            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    /// <summary>The last line of a file that was cut.</summary>
    public static string End(long rows, Guid last) => string.Create(CultureInfo.InvariantCulture, $"{{\"cut\":{rows},\"next\":\"{last}\"}}\n");

    private static void Write(Utf8JsonWriter json, Run run)
    {
        json.WriteString("id", run.Id);
        json.WriteString("kind", run.Kind);
        Text(json, "scheduleId", run.ScheduleId?.ToString());
        Text(json, "scheduleKey", run.ScheduleKey);
        json.WriteString("trigger", run.Trigger.Word());
        json.WriteString("state", run.State.Word());
        Text(json, "reason", run.Reason);
        json.WriteString("queue", run.Queue);
        json.WriteNumber("priority", run.Priority);
        json.WriteNumber("attempt", run.Attempt);
        foreach (var (name, at) in ((string, DateTimeOffset?)[])[("dueAt", run.DueAt), ("readyAt", run.ReadyAt), ("queuedAt", run.QueuedAt), ("startedAt", run.StartedAt), ("finishedAt", run.FinishedAt)])
        {
            Text(json, name, at?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture));
        }

        foreach (var (name, number) in ((string, double?)[])
            [("lateness", run.Lateness?.TotalSeconds), ("blocked", run.Blocked), ("wait", run.Wait?.TotalSeconds), ("runTime", run.RunTime?.TotalSeconds), ("lost", run.Lost), ("progress", run.Progress)])
        {
            Number(json, name, number);
        }

        Text(json, "worker", run.Worker);
        Text(json, "progressText", run.ProgressText);
        Text(json, "parentId", run.ParentId?.ToString());
    }

    private static void Text(Utf8JsonWriter json, string name, string? text)
    {
        json.WritePropertyName(name);
        json.WriteStringValue(text);
    }

    private static void Number(Utf8JsonWriter json, string name, double? number)
    {
        json.WritePropertyName(name);
        if (number is { } value)
        {
            json.WriteNumberValue(value);
        }
        else
        {
            json.WriteNullValue();
        }
    }

    private static void Raw(Utf8JsonWriter json, string name, string? value)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(value ?? "null", skipInputValidation: true);
    }
}
