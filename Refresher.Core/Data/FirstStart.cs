using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Refresher.Core.Access;
using Refresher.Core.Contract;
using Refresher.Core.Schedules;

namespace Refresher.Core.Data;

/// <summary>
/// What an empty installation gets once: the first login, and locally the examples of every kind. What was done is recorded and never
/// repeated, so that what a person deleted stays deleted.
/// <code>
/// FirstLogin: { AdminPassword: "…", ApiKey: "…" }
/// Examples: { Enabled: true }
/// </code>
/// </summary>
public sealed partial class FirstStart(RefresherDb db, FirstLogin login, ScheduleCommands schedules, KindCatalog kinds, IServiceProvider services, IConfiguration configuration, ILogger<FirstStart> log)
{
    private const string LoginDone = "first-login";
    private const string ExamplesDone = "examples";

    public async Task RunAsync(CancellationToken cancel)
    {
        if (await BeginAsync(LoginDone, cancel))
        {
            await login.CreateAsync(configuration["FirstLogin:AdminPassword"], configuration["FirstLogin:ApiKey"], cancel);
        }

        if (configuration.GetValue("Examples:Enabled", false) && await BeginAsync(ExamplesDone, cancel))
        {
            await MakeExamplesAsync(cancel);
        }
    }

    /// <summary>Records a step; only the one process that recorded it takes it.</summary>
    private async Task<bool> BeginAsync(string step, CancellationToken cancel) =>
        await db.Database.ExecuteSqlAsync($"INSERT INTO settings (name, value) VALUES ({step}, 'done') ON CONFLICT DO NOTHING", cancel) > 0;

    private async Task MakeExamplesAsync(CancellationToken cancel)
    {
        foreach (var example in kinds.SelectMany(kind => kind.Examples))
        {
            var made = await schedules.CreateAsync(example.Schedule with { Tags = [.. example.Schedule.Tags ?? [], ExampleSchedule.Tag] }, cancel);
            if (made.Value is not { } schedule)
            {
                LogNotMade(example.Schedule.Name ?? "", made.Errors?.ToString() ?? made.Conflict ?? "");
            }
            else if (example.RunAtOnce)
            {
                await schedules.RunNowAsync(schedule.Id, null, cancel);
            }
        }

        foreach (var kind in kinds)
        {
            await kind.SetUpExamplesAsync(services, cancel);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The example '{Name}' could not be made: {Reason}")]
    private partial void LogNotMade(string name, string reason);
}
