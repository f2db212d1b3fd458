using System.Globalization;
using Npgsql;

namespace Refresher.Ops.Tests.Compose;

/// <summary>Memory that processes hold, as the kernel counts it: what several share is divided among them (Pss of <c>smaps_rollup</c>, proc(5)).</summary>
internal static class Memory
{
    private const double KibibytesPerMegabyte = 1e6 / 1024;

    /// <summary>Megabytes of some processes.</summary>
    public static double Of(params IEnumerable<int> processes) => processes.Sum(Pss) / KibibytesPerMegabyte;

    /// <summary>The server that a connection leads to and all its processes.</summary>
    public static async Task<IReadOnlyList<int>> PostgresAsync(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        var server = ParentOf(connection.ProcessID);
        return [server, .. Directory.EnumerateDirectories("/proc").Select(folder => int.TryParse(Path.GetFileName(folder), out var id) ? id : 0).Where(id => id > 0 && ParentOf(id) == server)];
    }

    private static long Pss(int process)
    {
        var line = File.ReadLines($"/proc/{process}/smaps_rollup").FirstOrDefault(line => line.StartsWith("Pss:", StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    private static int ParentOf(int process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
