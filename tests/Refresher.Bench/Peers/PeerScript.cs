using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Npgsql;
using Refresher.Testing;

namespace Refresher.Bench.Peers;

/// <summary>A measurement of a peer: a Python script that starts what it needs, ends it, and prints its figures as one line of JSON.</summary>
internal static class PeerScript
{
    // Debian's packages are this one's; another Python that comes first in the path does not see them.
    private const string Python = "/usr/bin/python3";

    private const string Modules = "import celery, redis, psycopg2, importlib.util, sys; sys.exit(importlib.util.find_spec('django_celery_beat') is None)";

    private static readonly TimeSpan AtMost = TimeSpan.FromMinutes(20);

    /// <summary>True when the peers can be started here.</summary>
    public static async Task<bool> CanRunAsync()
    {
        if (!File.Exists(Python))
        {
            return false;
        }

        using var probe = Process.Start(new ProcessStartInfo(Python, ["-c", Modules]) { RedirectStandardError = true })!;
        await probe.StandardError.ReadToEndAsync();
        await probe.WaitForExitAsync();
        return probe.ExitCode == 0;
    }

    /// <summary>Runs a script on databases of its own of the bench's servers.</summary>
    /// <param name="script">Its file in this folder.</param>
    /// <returns>Its figures; null when it failed, which it has said itself.</returns>
    public static async Task<JsonElement?> RunAsync(string script, params int[] arguments)
    {
        await using var broker = await TestDatabase.CreateAsync();
        await using var results = await TestDatabase.CreateAsync();
        var folder = Path.Combine(AppContext.BaseDirectory, "Peers");
        var start = new ProcessStartInfo(Python, [script, .. arguments.Select(argument => argument.ToString(CultureInfo.InvariantCulture))])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in Environment(broker, results))
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(AtMost);
        try
        {
            var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode == 0 ? JsonElement.Parse(output) : null;
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private static Dictionary<string, string?> Environment(TestDatabase broker, TestDatabase results)
    {
        var postgres = new NpgsqlConnectionStringBuilder(broker.ConnectionString);
        return new()
        {
            ["PEER_BROKER"] = RedisUrl(broker),
            ["PEER_RESULTS"] = RedisUrl(results),
            ["PGHOST"] = postgres.Host,
            ["PGPORT"] = postgres.Port.ToString(CultureInfo.InvariantCulture),
            ["PGUSER"] = postgres.Username,
            ["PGPASSWORD"] = postgres.Password,
            ["PGDATABASE"] = postgres.Database,
            ["PYTHONDONTWRITEBYTECODE"] = "1",
        };
    }

    private static string RedisUrl(TestDatabase database)
    {
        var parts = database.RedisConnectionString.Split(',');
        var password = parts.Single(part => part.StartsWith("password=", StringComparison.Ordinal))["password=".Length..];
        return $"redis://:{Uri.EscapeDataString(password)}@{parts[0]}/{database.RedisDatabase}";
    }
}
