using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Npgsql;

namespace Refresher.Tasks.Backup;

/// <summary>One of PostgreSQL's own programs, told by its environment where the server is: an argument could be read by every process of the machine.</summary>
internal static class PgProgram
{
    private const int MostLines = 20;
    private const string Hidden = "********";

    /// <summary>Runs it to its end.</summary>
    /// <param name="line">Gets each line of its output.</param>
    /// <returns>Null when it succeeded, else what it said last, without the password.</returns>
    public static async Task<string?> RunAsync(string program, IReadOnlyList<string> arguments, string connectionString, Action<string> line, CancellationToken cancel)
    {
        var server = new NpgsqlConnectionStringBuilder(connectionString);
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in Environment(server))
        {
            start.Environment[name] = value;
        }

        using var process = new Process { StartInfo = start };
        try
        {
            process.Start();
        }
        catch (Win32Exception failed)
        {
            return $"{program} cannot be started ({failed.Message}). Install PostgreSQL's client programs, or use the worker's image that has them.";
        }

        var errors = ReadErrorsAsync(process.StandardError);
        try
        {
            while (await process.StandardOutput.ReadLineAsync(cancel) is { } text)
            {
                line(text);
            }

            await process.WaitForExitAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            throw;
        }

        var said = await errors;
        return process.ExitCode == 0 ? null : $"{Path.GetFileName(program)} ended with {process.ExitCode}: {Without(server.Password, said)}";
    }

    /// <summary>The names that libpq reads (PostgreSQL documentation, "Environment Variables").</summary>
    internal static IEnumerable<(string Name, string Value)> Environment(NpgsqlConnectionStringBuilder server)
    {
        yield return ("PGHOST", server.Host ?? "localhost");
        yield return ("PGPORT", $"{server.Port}");
        yield return ("PGDATABASE", server.Database ?? server.Username ?? "");
        yield return ("PGUSER", server.Username ?? "");
        yield return ("PGPASSWORD", server.Password ?? "");
        yield return ("PGAPPNAME", "Refresher backup");
        yield return ("PGCONNECT_TIMEOUT", "15");
        yield return ("PGSSLMODE", server.SslMode switch
        {
            SslMode.VerifyCA => "verify-ca",
            SslMode.VerifyFull => "verify-full",
            var mode => mode.ToString().ToLowerInvariant(),
        });
        if (server.RootCertificate is { Length: > 0 } root)
        {
            yield return ("PGSSLROOTCERT", root);
        }
    }

    internal static string Without(string? password, string text) => password is { Length: > 0 } ? text.Replace(password, Hidden, StringComparison.Ordinal) : text;

    /// <summary>The last lines.</summary>
    private static async Task<string> ReadErrorsAsync(StreamReader reader)
    {
        var last = new Queue<string>();
        while (await reader.ReadLineAsync() is { } text)
        {
            last.Enqueue(text);
            if (last.Count > MostLines)
            {
                last.Dequeue();
            }
        }

        return new StringBuilder().AppendJoin('\n', last).ToString();
    }
}
