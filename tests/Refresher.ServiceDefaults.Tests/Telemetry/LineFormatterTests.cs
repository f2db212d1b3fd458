using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Refresher.ServiceDefaults.Tests.Telemetry;

public sealed partial class LineFormatterTests
{
    [Fact]
    public async Task A_message_is_one_line_with_its_instant_level_category_and_trace()
    {
        using var activity = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start();

        var line = await Write(LogLevel.Warning, "disk\nfull", null);

        var match = Line().Match(line);
        Assert.True(match.Success, line);
        Assert.Equal(activity.TraceId.ToHexString(), match.Groups["trace"].Value);
    }

    [Fact]
    public async Task An_exception_stands_below_its_message_indented()
    {
        var lines = (await Write(LogLevel.Error, "failed", new InvalidOperationException("why\nand how"))).TrimEnd().Split(Environment.NewLine);

        Assert.EndsWith(" fail Sample.Category: failed", lines[0], StringComparison.Ordinal);
        Assert.All(lines[1..], line => Assert.StartsWith("    ", line, StringComparison.Ordinal));
        Assert.Contains("why", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_form_can_be_configured()
    {
        await using var app = SampleHost.Build([new("Logging:Console:FormatterName", "json")]);

        Assert.Equal("json", app.Services.GetRequiredService<IOptions<ConsoleLoggerOptions>>().Value.FormatterName);
    }

    [Theory]
    [InlineData("Microsoft.AspNetCore", "Microsoft.AspNetCore.Hosting.Diagnostics")]
    [InlineData("Microsoft.EntityFrameworkCore", "Microsoft.EntityFrameworkCore.Database.Command")]
    [InlineData("Npgsql", "Npgsql.Command")]
    [InlineData("System.Net.Http.HttpClient", "System.Net.Http.HttpClient.Default.LogicalHandler")]
    public async Task Frameworks_only_warn_unless_they_are_asked_for_more(string setting, string category)
    {
        await using var quiet = SampleHost.Build([]);
        await using var asked = SampleHost.Build([new($"Logging:LogLevel:{setting}", "Information")]);

        Assert.Equal((false, true), Levels(quiet));
        Assert.Equal((true, true), Levels(asked));

        (bool Information, bool Warning) Levels(WebApplication app)
        {
            var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(category);
            return (log.IsEnabled(LogLevel.Information), log.IsEnabled(LogLevel.Warning));
        }
    }

    private static async Task<string> Write(LogLevel level, string message, Exception? exception)
    {
        await using var app = SampleHost.Build([]);
        var formatter = app.Services.GetServices<ConsoleFormatter>().Single(candidate => candidate.Name == app.Services.GetRequiredService<IOptions<ConsoleLoggerOptions>>().Value.FormatterName);
        using var writer = new StringWriter();
        formatter.Write(new LogEntry<string>(level, "Sample.Category", 0, message, exception, (state, _) => state), null, writer);
        return writer.ToString();
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z warn Sample\.Category: disk\n    full trace=(?<trace>[0-9a-f]{32})\r?\n$")]
    private static partial Regex Line();
}
