using System.Globalization;
using System.Text;
using Refresher.Core.Data;

namespace Refresher.Core.Runs;

/// <summary>A run as a row of a CSV file (RFC 4180). Instants are UTC, durations seconds.</summary>
internal static class RunCsv
{
    public const string Header =
        "id,kind,scheduleId,scheduleKey,trigger,state,reason,queue,priority,attempt,dueAt,readyAt,queuedAt,startedAt,finishedAt,lateness,blocked,wait,runTime,worker,lost,progress,progressText,parentId,options,output\r\n";

    public static string Of(Run run, string options)
    {
        var row = new StringBuilder(512);
        Text(row, run.Id.ToString()).Append(',');
        Text(row, run.Kind).Append(',').Append(run.ScheduleId).Append(',');
        Text(row, run.ScheduleKey).Append(',').Append(run.Trigger.Word()).Append(',').Append(run.State.Word()).Append(',');
        Text(row, run.Reason).Append(',');
        Text(row, run.Queue).Append(CultureInfo.InvariantCulture, $",{run.Priority},{run.Attempt},");
        foreach (var at in (DateTimeOffset?[])[run.DueAt, run.ReadyAt, run.QueuedAt, run.StartedAt, run.FinishedAt])
        {
            row.Append(at?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)).Append(',');
        }

        foreach (var seconds in (double?[])[run.Lateness?.TotalSeconds, run.Blocked, run.Wait?.TotalSeconds, run.RunTime?.TotalSeconds])
        {
            row.Append(seconds?.ToString("0.######", CultureInfo.InvariantCulture)).Append(',');
        }

        Text(row, run.Worker).Append(CultureInfo.InvariantCulture, $",{run.Lost},{run.Progress},");
        Text(row, run.ProgressText).Append(',').Append(run.ParentId).Append(',');
        Text(row, options).Append(',');
        return Text(row, run.Output).Append("\r\n").ToString();
    }

    /// <summary>The last line of a file that was cut.</summary>
    public static string End(long rows, Guid last) =>
        string.Create(CultureInfo.InvariantCulture, $"\"Cut after {rows} runs, there are more: the next file begins with after={last}\"\r\n");

    private static StringBuilder Text(StringBuilder row, string? text) => row.Append(CsvText.Of(text));
}
