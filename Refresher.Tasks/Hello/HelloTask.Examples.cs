using System.Text.Json;
using Refresher.Core.Contract;
using Refresher.Core.Schedules;

namespace Refresher.Tasks.Hello;

/// <summary>What a first local start shows of it: a run every minute, and one that fails twice before it succeeds.</summary>
public sealed partial class HelloTask
{
    public static IReadOnlyList<ExampleSchedule> Examples =>
    [
        new(
            new ScheduleInput
            {
                Key = "hello-every-minute",
                Name = "Hello, every minute",
                Description = "The smallest task there is.",
                Kind = Name,
                Cadence = Json(new { type = "every", every = "00:01:00" }),
            },
            RunAtOnce: true),
        new(
            new ScheduleInput
            {
                Key = "hello-third-time-lucky",
                Name = "Hello, at the third attempt",
                Description = "Fails twice and then succeeds, so that retries can be seen.",
                Kind = Name,
                Options = Json(new HelloOptions { Name = "patience", FailFirst = 2 }),
                Cadence = Json(new { type = "every", every = "00:10:00" }),
            },
            RunAtOnce: true),
    ];

    private static JsonElement Json(object value) => JsonSerializer.SerializeToElement(value, ScheduleInput.Json);
}
