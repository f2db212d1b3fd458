using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Logging;
using Refresher.Core.Alerts.Digests;
using Refresher.Core.Contract;

namespace Refresher.Tasks.Digest;

/// <summary>What a digest looks back at.</summary>
public enum DigestPeriod
{
    Daily,
    Weekly,
}

/// <summary>Who gets a digest of what.</summary>
public sealed record DigestOptions : IValidatableObject
{
    [Description("Names of the channels that get it, one a line. Mail shows it best; a text message has room for the title alone.")]
    [MaxLength(20)]
    public IReadOnlyList<string> Channels { get; init; } = [];

    [Description("What it looks back at: the day or the week before its run is due.")]
    public DigestPeriod Period { get; init; } = DigestPeriod.Daily;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Channels.Count == 0 || Channels.Any(string.IsNullOrWhiteSpace))
        {
            yield return new ValidationResult("At least one channel is needed, by its name under Alerts.", [nameof(Channels)]);
        }
    }
}

/// <summary>Sums up a day or a week for people: every part of the program says its own. It is due when it shall arrive, like 07:00.</summary>
[Description("Sends a summary of the last day or week over channels: runs, failing schedules, and what other tasks have to say.")]
internal sealed partial class DigestTask(DigestPost post) : IKind, ITask<DigestOptions>
{
    public static string Name => "digest";

    public async Task<RunOutcome> RunAsync(DigestOptions options, RunContext run, CancellationToken cancel)
    {
        var (to, days) = (run.DueAt, options.Period == DigestPeriod.Daily ? 1 : 7);
        var message = await post.WriteAsync(options.Period == DigestPeriod.Daily ? "Digest of the day" : "Digest of the week", to.AddDays(-days), to, cancel);

        // Under the run's id: what a worker that died had handed over already is not sent twice.
        var missing = await post.SendAsync(run.Id.ToString("N"), message, options.Channels, cancel);
        if (missing.Count > 0)
        {
            return RunOutcome.Failure($"There is no channel named {string.Join(", ", missing.Select(name => $"'{name}'"))}. The names are listed under Alerts, Channels.");
        }

        LogHandedOver(run.Log, message.Tables.Count, options.Channels.Count);
        return RunOutcome.Success(new { sections = message.Tables.Select(table => new { table.Title, table.Summary }), options.Channels });
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Sections} section(s) handed over to {Channels} channel(s); /alerts shows whether they arrived.")]
    private static partial void LogHandedOver(ILogger log, int sections, int channels);
}
