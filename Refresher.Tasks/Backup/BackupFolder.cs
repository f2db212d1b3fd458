using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace Refresher.Tasks.Backup;

/// <summary>The folder of the backups: their names, and which of them go.</summary>
/// <param name="path">Made when it is not there.</param>
internal sealed partial class BackupFolder(string path)
{
    /// <summary>What a backup is called that is not complete yet, or never became so.</summary>
    private const string Unfinished = ".part";

    /// <summary>Where the backup of a run is written. The same run, executed again after a lost worker, writes to the same name.</summary>
    public string PartOf(DateTimeOffset dueAt, Guid run) => Path.Combine(path, $"{NameOf(dueAt, run)}{Unfinished}");

    public void Make()
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Gives a complete backup its name, in one step.</summary>
    /// <returns>Its path.</returns>
    public static string Complete(string part)
    {
        var path = part[..^Unfinished.Length];
        File.Move(part, path, overwrite: true);
        return path;
    }

    /// <summary>The complete backups, the latest first. Other files are none of ours.</summary>
    public IReadOnlyList<string> Complete() => [.. Directory.EnumerateFiles(path).Where(file => OwnName().IsMatch(Path.GetFileName(file))).OrderDescending(StringComparer.Ordinal)];

    /// <summary>Deletes what is beyond the newest <paramref name="keep"/>, and what was begun and not written to since <paramref name="abandoned"/>.</summary>
    /// <returns>The names of the backups that are gone.</returns>
    public IReadOnlyList<string> Thin(int keep, DateTimeOffset abandoned)
    {
        var old = Complete().Skip(keep).ToList();
        var parts = Directory.EnumerateFiles(path, "*" + Unfinished).Where(file => OwnName().IsMatch(Path.GetFileName(file)[..^Unfinished.Length]) && File.GetLastWriteTimeUtc(file) < abandoned.UtcDateTime);
        foreach (var file in old.Concat(parts))
        {
            File.Delete(file);
        }

        return [.. old.Select(file => Path.GetFileName(file))];
    }

    public static async Task<string> Sha256Async(string file, CancellationToken cancel)
    {
        await using var content = File.OpenRead(file);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancel));
    }

    private static string NameOf(DateTimeOffset dueAt, Guid run) =>
        string.Create(CultureInfo.InvariantCulture, $"refresher-{dueAt.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}-{run.ToString("N")[^8..]}.dump");

    [GeneratedRegex(@"^refresher-\d{8}T\d{6}Z-[0-9a-f]{8}\.dump$")]
    private static partial Regex OwnName();
}
