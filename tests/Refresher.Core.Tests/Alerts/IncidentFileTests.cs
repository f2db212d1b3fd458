using System.Text;
using System.Text.Json;
using Refresher.Core.Alerts.Log;

namespace Refresher.Core.Tests.Alerts;

public sealed class IncidentFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("incidents").FullName;

    private string Path => System.IO.Path.Combine(_folder, "logs", "incidents.jsonl");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_line_is_written_once_however_often_it_comes_also_after_a_restart()
    {
        var (first, second) = (Line("first"), Line("second"));
        var file = new IncidentFile(Path, 1024 * 1024, 2);

        Assert.Equal(1, await file.AppendAsync([first, first], default));
        Assert.Equal(1, await file.AppendAsync([first, second], default));
        Assert.Equal(0, await new IncidentFile(Path, 1024 * 1024, 2).AppendAsync([second, first], default));

        Assert.Equal(["first", "second"], Texts(Path));
    }

    [Fact]
    public async Task A_line_that_a_crash_has_torn_is_taken_away_and_written_anew()
    {
        var (first, torn) = (Line("first"), Line("torn"));
        await new IncidentFile(Path, 1024 * 1024, 2).AppendAsync([first], default);
        await File.AppendAllTextAsync(Path, Encoding.UTF8.GetString(torn.Line)[..20]);

        Assert.Equal(1, await new IncidentFile(Path, 1024 * 1024, 2).AppendAsync([first, torn], default));

        Assert.Equal(["first", "torn"], Texts(Path));
    }

    [Fact]
    public async Task A_full_file_is_put_aside_the_oldest_goes_and_what_is_kept_is_not_written_again()
    {
        var file = new IncidentFile(Path, 3000, 2);
        var lines = Enumerable.Range(0, 100).Select(i => Line($"line {i:000} {new string('x', 100)}")).ToArray();
        foreach (var line in lines)
        {
            await file.AppendAsync([line], default);
        }

        Assert.Equal(["incidents.jsonl", "incidents.jsonl.1", "incidents.jsonl.2", "incidents.jsonl.lock"], Directory.GetFiles(System.IO.Path.GetDirectoryName(Path)!).Select(System.IO.Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All((string[])[Path, Path + ".1", Path + ".2"], one => Assert.InRange(new FileInfo(one).Length, 1, 3300));
        var kept = Texts(Path + ".2").Concat(Texts(Path + ".1")).Concat(Texts(Path)).Select(text => text[..8]).ToArray();
        Assert.Equal(lines.TakeLast(kept.Length).Select(line => JsonSerializer.Deserialize<JsonElement>(line.Line).GetProperty("text").GetString()![..8]), kept);
        Assert.Equal(0, await file.AppendAsync(lines.TakeLast(kept.Length).ToArray(), default));
    }

    [Fact]
    public async Task Several_processes_write_one_file_and_each_line_once()
    {
        var lines = Enumerable.Range(0, 200).Select(i => Line($"{i}")).ToArray();
        var files = Enumerable.Range(0, 4).Select(_ => new IncidentFile(Path, 1024 * 1024, 2)).ToArray();

        await Task.WhenAll(files.Select(file => Task.Run(async () =>
        {
            foreach (var part in lines.Chunk(10))
            {
                await file.AppendAsync(part, default);
            }
        })));

        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"{i}").Order(StringComparer.Ordinal), Texts(Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Where_nothing_can_be_written_it_says_so()
    {
        Directory.CreateDirectory(Path);

        await Assert.ThrowsAnyAsync<SystemException>(() => new IncidentFile(Path, 1024, 1).AppendAsync([Line("x")], default));
    }

    private static (Guid Id, byte[] Line) Line(string text)
    {
        var id = Guid.NewGuid();
        return (id, JsonSerializer.SerializeToUtf8Bytes(new { id, text }));
    }

    private static string[] Texts(string path) => [.. File.ReadAllLines(path).Select(line => JsonSerializer.Deserialize<JsonElement>(line).GetProperty("text").GetString()!)];
}
