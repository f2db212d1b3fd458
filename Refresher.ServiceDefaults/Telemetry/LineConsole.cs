using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Refresher.ServiceDefaults.Telemetry;

/// <summary>What the console shows when nothing else is configured: one line a message, and of the frameworks only warnings.</summary>
internal static class LineConsole
{
    /// <summary>They tell of every request, query and call; the metrics and traces say the same better.</summary>
    private static readonly string[] Talkative = ["Microsoft.AspNetCore", "Microsoft.EntityFrameworkCore", "Npgsql", "StackExchange.Redis", "System.Net.Http.HttpClient"];

    internal static void AddLineConsole(this IHostApplicationBuilder builder)
    {
        builder.Logging.AddConsole();
        builder.Logging.AddConsoleFormatter<LineFormatter, ConsoleFormatterOptions>();
        builder.Services.PostConfigure<ConsoleLoggerOptions>(console => console.FormatterName ??= LineFormatter.FormatterName);

        foreach (var category in Talkative.Where(category => builder.Configuration[$"Logging:LogLevel:{category}"] is null))
        {
            builder.Logging.AddFilter(category, LogLevel.Warning);
        }
    }
}
