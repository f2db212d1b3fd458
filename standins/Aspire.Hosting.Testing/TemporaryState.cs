// Stand-in for Aspire.Hosting.Testing: local state that lives as long as a test.
using Aspire.Hosting.Orchestration;

namespace Aspire.Hosting.Testing;

/// <summary>A folder for the state of one system under test.</summary>
internal sealed class TemporaryState
{
    private const string Prefix = "refresher-test-";

    public TemporaryState()
    {
        Path = Directory.CreateTempSubdirectory(Prefix).FullName;
        // Servers under accounts of their own must reach their folders in it; those and the files are private themselves.
        File.SetUnixFileMode(Path, File.GetUnixFileMode(Path) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
    }

    public string Path { get; }

    /// <summary>Stops and removes what test processes left that were killed.</summary>
    public static async Task SweepAsync()
    {
        foreach (var folder in Directory.EnumerateDirectories(System.IO.Path.GetTempPath(), Prefix + "*"))
        {
            try
            {
                var table = new ProcessTable(new StateFolder(folder));
                if (table.IsAbandoned)
                {
                    await table.StopAllAsync(TimeSpan.FromSeconds(10), _ => { });
                    Directory.Delete(folder, recursive: true);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or DistributedApplicationException)
            {
                // Another user's, or another test process is sweeping it at this moment.
            }
        }
    }

    public void Delete()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
