using System.Text.Json;
using Refresher.Core.Contract;
using Refresher.Core.Schedules;

namespace Refresher.Tasks.SpeedTest;

/// <summary>What a first local start shows of speed tests: one over loopback, and one of the line that waits to be switched on.</summary>
internal static class SpeedTestExamples
{
    private const int SelfTestMegabytes = 400;
    private const int LineMegabytes = 200;

    public static IReadOnlyList<ExampleSchedule> All =>
    [
        new(
            new ScheduleInput
            {
                Key = "speed-self-test",
                Name = "Speed test of this machine itself",
                Description = $"Over loopback, at most {SelfTestMegabytes} MB that never leave the machine. Says nothing about your line and is kept out of the charts.",
                Kind = SpeedTestTask.Name,
                Options = Json(new SpeedTestOptions { SelfTest = true, Duration = TimeSpan.FromSeconds(3), MaxMegabytes = SelfTestMegabytes }),
                Cadence = Json(new { type = "every", every = "1.00:00:00" }),
            },
            RunAtOnce: true),
        new(
            new ScheduleInput
            {
                Key = "internet-speed",
                Name = "Internet speed",
                Description = $"Paused: it moves up to {LineMegabytes} MB each time, hourly {LineMegabytes * 24 / 1000.0:0.0} GB a day. Choose whose servers to use under Speed → Servers, then run it once, or enable it.",
                Kind = SpeedTestTask.Name,
                Options = Json(new SpeedTestOptions { MaxMegabytes = LineMegabytes }),
                Cadence = Json(new { type = "every", every = "01:00:00" }),
                Enabled = false,
            },
            RunAtOnce: false),
    ];

    private static JsonElement Json(object value) => JsonSerializer.SerializeToElement(value, ScheduleInput.Json);
}
