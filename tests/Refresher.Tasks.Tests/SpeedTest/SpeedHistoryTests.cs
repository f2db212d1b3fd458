using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Refresher.Core;
using Refresher.Tasks.SpeedTest;
using Refresher.Tasks.SpeedTest.History;

namespace Refresher.Tasks.Tests.SpeedTest;

public sealed class SpeedHistoryTests(SpeedTestFixture tests) : IClassFixture<SpeedTestFixture>
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Tests_become_figures_by_stretch_hour_and_server()
    {
        await KeepAsync("figures", [(0, 100, "A"), (0.5, 200, "A"), (5, 50, "B"), (29, 400, "A"), (30, null, "A")]);
        await using var services = tests.Services([]);
        var history = services.GetRequiredService<SpeedHistory>();

        var all = await history.OverAllAsync(Start, Start.AddDays(2), "figures", default);
        var series = await history.SeriesAsync(Start, TimeSpan.FromHours(6), 8, "figures", default);
        var hours = await history.ByHourAsync(Start, Start.AddDays(2), "figures", default);
        var servers = await history.ByServerAsync(Start, Start.AddDays(2), "figures", default);

        Assert.Equal((5, 1, 0), (all.Tests, all.Failed, all.Unhealthy));
        Assert.Equal((50.0, 187.5, 400.0, 150.0), (all.Download!.Min, all.Download.Mean, all.Download.Max, all.Download.Median));
        Assert.Null(all.Upload);
        Assert.Equal([3, 0, 0, 0, 1, 1, 0, 0], series.Select(one => one.Tests));
        Assert.Equal(2, hours[0].Tests);
        Assert.Equal([0, 5, 6], Enumerable.Range(0, 24).Where(hour => hours[hour].Tests > 0));
        Assert.Equal([("http://a/", 4), ("http://b/", 1)], servers.Select(one => (one.Url, one.Figures.Tests)));
        Assert.Equal(SpeedFigures.None, await history.OverAllAsync(Start.AddYears(-9), Start.AddYears(-8), null, default));
    }

    [Fact]
    public async Task An_export_has_a_row_a_test_and_no_formula()
    {
        await KeepAsync("=cmd|'/c calc'!A1", [(1, 10, "A"), (2, 20, "A, \"quoted\"")]);
        await using var services = tests.Services([]);
        await using var scope = services.CreateAsyncScope();
        var export = scope.ServiceProvider.GetRequiredService<SpeedTestExport>();

        var csv = await WriteAsync(export, SpeedFileFormat.Csv);
        var json = await WriteAsync(export, SpeedFileFormat.Json);

        var lines = csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.All(lines, line => Assert.Equal(lines[0].Count(c => c == ','), System.Text.RegularExpressions.Regex.Replace(line, "\"([^\"]|\"\")*\"", "").Count(c => c == ',')));
        Assert.Contains("'=cmd", lines[1], StringComparison.Ordinal);
        Assert.Contains("\"A, \"\"quoted\"\"\"", lines[1], StringComparison.Ordinal);
        Assert.Equal(2, json.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    private static async Task<string> WriteAsync(SpeedTestExport export, SpeedFileFormat format)
    {
        using var stream = new MemoryStream();
        await export.WriteAsync(new SpeedTestFilter { ScheduleKey = "=cmd|'/c calc'!A1" }, format, stream, default);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private async Task KeepAsync(string schedule, (double Hours, double? Mbps, string Server)[] kept)
    {
        await using var services = tests.Services([]);
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<RefresherDb>();
        foreach (var (hours, mbps, server) in kept)
        {
            var at = Start.AddHours(hours);
            db.Add(new SpeedTestResult
            {
                Id = Guid.CreateVersion7(at),
                RunId = Guid.CreateVersion7(at),
                ScheduleKey = schedule,
                At = at,
                Failure = mbps is null ? "no answer" : null,
                Server = new SpeedTestServer { Url = $"http://{server[..1].ToLowerInvariant()}/", Name = server },
                Download = mbps is { } rate ? new SpeedTestDirection { Mbps = rate, Stopped = "steady", Curve = [90, 94] } : null,
            });
        }

        await db.SaveChangesAsync();
    }
}
