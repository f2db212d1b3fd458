using Aspire.Hosting.Orchestration;

namespace StandIns.Tests.Hosting;

public sealed class ServiceLogTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("refresher-log-");

    private string LogPath => Path.Combine(_folder.FullName, "talker.log");

    [Fact]
    public void A_talkative_service_fills_two_files_and_no_more()
    {
        using (var log = new ServiceLog(LogPath, name: null, maxBytes: 10_000))
        {
            for (var line = 0; line < 10_000; line++)
            {
                log.Write($"line {line} of many");
            }
        }

        Assert.InRange(_folder.GetFiles().Sum(file => file.Length), 5_000, 25_000);
        Assert.EndsWith("line 9999 of many", File.ReadAllText(LogPath).Trim(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_without_end_is_cut()
    {
        using var log = new ServiceLog(LogPath, name: null);

        log.Write(new string('x', 1_000_000));

        Assert.InRange(new FileInfo(LogPath).Length, 1_000, 20_000);
        Assert.EndsWith("(line cut)", log.Last[^1], StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
