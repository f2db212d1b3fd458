// Stand-in for Aspire.Hosting.PostgreSQL: the server as a local process.
using System.Diagnostics;
using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Orchestration;

namespace Aspire.Hosting;

/// <summary>A private cluster: own data folder, own port, no socket file, scram passwords, an unprivileged account.</summary>
internal sealed class PostgresProcess(PostgresServerResource server)
{
    public async Task<Launch> PrepareAsync(LaunchContext context, CancellationToken cancel)
    {
        var programs = Programs();
        var account = Account.Unprivileged("postgres");
        var kept = server.TryGetLastAnnotation<DataVolumeAnnotation>(out var volume);
        var data = context.State.DataOf(server.Name, kept, volume?.Name);
        Account.OwnFolder(account, data);
        if (!File.Exists(Path.Combine(data, "PG_VERSION")))
        {
            await InitializeAsync(programs, account, data, kept, context, cancel);
        }
        else if ((await File.ReadAllTextAsync(Path.Combine(data, "PG_VERSION"), cancel)).Trim() is var version && !IsOfVersion(programs, version))
        {
            throw new DistributedApplicationException($"The data in {data} is of PostgreSQL {version}; the server in {programs} is another. Install that version, or start anew: ./refresher up --fresh");
        }

        string[] settings =
        [
            "listen_addresses=127.0.0.1",
            string.Create(CultureInfo.InvariantCulture, $"port={server.PrimaryEndpoint.Port}"),
            "unix_socket_directories=",
            "max_connections=300",
            .. kept ? Array.Empty<string>() : ["fsync=off", "full_page_writes=off", "synchronous_commit=off"],
        ];
        return new(Path.Combine(programs, "postgres"), ["-D", data, .. settings.SelectMany(setting => new[] { "-c", setting })])
        {
            Account = account,
            WorkingDirectory = data,
            // "Fast": ends the sessions, writes a checkpoint, leaves (SIGTERM would wait for every client).
            // "Immediate" where nothing is kept: a test process has only a tenth of a second to end.
            StopSignal = kept ? Unix.SigInt : Unix.SigQuit,
        };
    }

    private async Task InitializeAsync(string programs, Account? account, string data, bool kept, LaunchContext context, CancellationToken cancel)
    {
        var secret = data + ".password";
        StateFolder.WritePrivate(secret, await server.PasswordParameter.GetValueAsync(cancel) ?? "");
        try
        {
            if (account is not null)
            {
                Unix.ChangeOwner(secret, account.User, account.Group);
            }

            string[] initdb =
            [
                .. account?.Prefix(data) ?? [],
                Path.Combine(programs, "initdb"), "--pgdata", data, "--encoding=UTF8", "--locale=C.UTF-8", "--auth=scram-sha-256",
                "--username", await server.UserNameAsync(cancel), "--pwfile", secret, "--no-instructions",
                .. kept ? Array.Empty<string>() : ["--no-sync"],
            ];
            var info = new ProcessStartInfo(initdb[0], initdb[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = data };
            using var process = Process.Start(info)!;
            var output = process.StandardOutput.ReadToEndAsync(cancel);
            var errors = await process.StandardError.ReadToEndAsync(cancel);
            await process.WaitForExitAsync(cancel);
            Array.ForEach((await output + errors).Split('\n', StringSplitOptions.RemoveEmptyEntries), context.Say);
            if (process.ExitCode != 0)
            {
                throw new DistributedApplicationException($"initdb ended with exit code {process.ExitCode}: {errors.Trim()}");
            }
        }
        finally
        {
            File.Delete(secret);
        }
    }

    /// <summary>Debian keeps each version in a folder of its own, off the path; elsewhere the path is asked.</summary>
    private static string Programs()
    {
        const string debian = "/usr/lib/postgresql";
        var folders = Directory.Exists(debian)
            ? Directory.EnumerateDirectories(debian).OrderByDescending(d => int.TryParse(Path.GetFileName(d), CultureInfo.InvariantCulture, out var v) ? v : 0).Select(d => Path.Combine(d, "bin"))
            : [];
        return folders.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'))
                .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "postgres")) && File.Exists(Path.Combine(folder, "initdb")))
            ?? throw new DistributedApplicationException("PostgreSQL is not installed. ./refresher up installs it; on Debian: apt-get install postgresql");
    }

    private static bool IsOfVersion(string programs, string version)
    {
        using var process = Process.Start(new ProcessStartInfo(Path.Combine(programs, "postgres"), ["--version"]) { RedirectStandardOutput = true })!;
        return process.StandardOutput.ReadToEnd().Contains($") {version}.", StringComparison.Ordinal);
    }
}
