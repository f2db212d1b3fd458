using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Refresher.Core;
using Refresher.Core.Contract;
using Refresher.Tasks.SiteMonitor.Sites;

namespace Refresher.Tasks.SiteMonitor;

/// <summary>
/// The sites of a first start: the program's own Web and Api, every 30 seconds.
/// <code>
/// Examples: { Sites: { Web: "http://localhost:8080", Api: "http://localhost:8081" } }
/// </code>
/// </summary>
internal static partial class SiteExamples
{
    private const string Section = "Examples:Sites";

    public static async Task SetUpAsync(IServiceProvider services, CancellationToken cancel)
    {
        var commands = services.GetRequiredService<SiteCommands>();
        foreach (var own in services.GetRequiredService<IConfiguration>().GetSection(Section).GetChildren())
        {
            if (!Uri.TryCreate(own.Value, UriKind.Absolute, out var address))
            {
                continue;
            }

            var made = await commands.CreateAsync(Of(own.Key, new Uri(address, "/health")), cancel);
            if (made.Value is null)
            {
                LogNotMade(services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(SiteExamples)), own.Key, made.Errors?.ToString() ?? made.Conflict ?? "");
            }
        }
    }

    public static Task<int> CountAsync(IServiceProvider services, CancellationToken cancel) => services.GetRequiredService<SiteQueries>().CountAsync(Tagged, cancel);

    /// <returns>How many sites were removed.</returns>
    public static async Task<int> RemoveAsync(IServiceProvider services, CancellationToken cancel)
    {
        var (queries, commands, removed) = (services.GetRequiredService<SiteQueries>(), services.GetRequiredService<SiteCommands>(), 0);
        string? after = null;
        do
        {
            var page = await queries.ListAsync(Tagged, after, Page<Site>.MostLimit, cancel);
            foreach (var site in page.Items)
            {
                removed += (await commands.DeleteAsync(site.Id, cancel)).Value is null ? 0 : 1;
            }

            after = page.Next;
        }
        while (after is not null);
        return removed;
    }

    private static SiteFilter Tagged => new() { Tag = ExampleSchedule.Tag };

    private static SiteInput Of(string name, Uri target) => new()
    {
        Key = "refresher-" + name.ToLowerInvariant(),
        Name = "Refresher " + name,
        Group = "Refresher",
        Description = "This program itself, as an example.",
        Tags = [ExampleSchedule.Tag],
        Interval = TimeSpan.FromSeconds(30),
        Check = JsonSerializer.SerializeToElement(new { kind = "http", target = target.ToString(), degradedAbove = "00:00:01" }),
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "The example site '{Name}' could not be made: {Reason}")]
    private static partial void LogNotMade(ILogger log, string name, string reason);
}
