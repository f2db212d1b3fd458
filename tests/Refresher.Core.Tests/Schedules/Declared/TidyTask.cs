using System.ComponentModel;
using System.Text.Json;
using Refresher.Core.Contract;
using Refresher.Core.Schedules;
using Refresher.Core.Schedules.Cadences;

namespace Refresher.Core.Tests.Schedules.Declared;

public sealed record TidyOptions
{
    [Description("Folder to tidy.")]
    public string Folder { get; init; } = "/tmp";
}

/// <summary>A task that comes with its schedule.</summary>
[Description("Removes what nobody needs.")]
public sealed class TidyTask : IKind, ITask<TidyOptions>
{
    public static string Name => "tidy";

    public static IReadOnlyList<ScheduleInput> Schedules =>
    [
        new()
        {
            Key = "tidy-uploads",
            Name = "Tidy the uploads",
            Options = JsonElement.Parse(KindOptions.Write(new TidyOptions { Folder = "/srv/uploads" })),
            Cadence = JsonElement.Parse(CadenceJson.Write(new CronCadence("30 4 * * *", "Europe/Berlin"))),
        },
    ];

    public Task<RunOutcome> RunAsync(TidyOptions options, RunContext run, CancellationToken cancel) =>
        Task.FromResult(RunOutcome.Success(new { options.Folder }));
}
