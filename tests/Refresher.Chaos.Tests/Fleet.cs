using System.Globalization;
using Refresher.Testing;

namespace Refresher.Chaos.Tests;

/// <summary>Two processes of every service, each at addresses of its own that it keeps over restarts.</summary>
internal sealed class Fleet(TestDatabase database) : IAsyncDisposable
{
    private static readonly string[] s_services = ["Scheduler", "Worker", "Api", "Web"];

    private readonly Dictionary<string, Member> _members = [];

    /// <summary>The names, in the order in which they are restarted.</summary>
    public IReadOnlyList<string> Names => [.. _members.Keys];

    /// <summary>What the processes wrote, for a report of what went wrong.</summary>
    public string Logs => string.Join('\n', _members.Values.Select(member => $"--- {member.Process!.Name}\n{member.Process.Log}"));

    public async Task StartAsync()
    {
        foreach (var service in s_services)
        {
            foreach (var number in new[] { 1, 2 })
            {
                var name = $"{service.ToLowerInvariant()}-{number}";
                _members[name] = new Member(service, new Uri($"http://127.0.0.1:{FreePort.Next()}"), FreePort.Next());
                Start(name);
            }

            // The first scheduler makes the schema; everybody else waits for it anyway.
            await HealthyAsync($"{service.ToLowerInvariant()}-1");
        }

        foreach (var name in Names)
        {
            await HealthyAsync(name);
        }
    }

    public IReadOnlyList<Uri> AddressesOf(string service) => [_members[$"{service}-1"].Address, _members[$"{service}-2"].Address];

    /// <summary>Asks it to stop, waits until it has, starts it anew and waits until it is healthy.</summary>
    /// <returns>The exit code of the one that stopped, and how long it took to.</returns>
    public async Task<(int ExitCode, TimeSpan Stopped)> RestartAsync(string name)
    {
        var process = _members[name].Process!;
        var began = TimeProvider.System.GetTimestamp();
        await process.StopAsync();
        var stopped = (process.ExitCode, TimeProvider.System.GetElapsedTime(began));
        await process.DisposeAsync();
        Start(name);
        await HealthyAsync(name);
        return stopped;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var member in _members.Values.Reverse())
        {
            await member.Process!.DisposeAsync();
        }
    }

    private void Start(string name)
    {
        var member = _members[name];
        member.Process = ServiceProcess.Start(member.Service, name, database, new Dictionary<string, string>
        {
            ["ASPNETCORE_URLS"] = member.Address.ToString(),
            ["Management__Port"] = member.Management.ToString(CultureInfo.InvariantCulture),
            ["Logging__LogLevel__Default"] = "Warning",
        });
    }

    private async Task HealthyAsync(string name)
    {
        using var client = new HttpClient();
        var member = _members[name];
        await Eventually.SeeAsync(() => IsHealthyAsync(client, member.Management), healthy => healthy, seconds: 240);
    }

    private static async Task<bool> IsHealthyAsync(HttpClient client, int port)
    {
        try
        {
            using var answer = await client.GetAsync($"http://127.0.0.1:{port}/health");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private sealed class Member(string service, Uri address, int management)
    {
        public string Service => service;

        public Uri Address => address;

        public int Management => management;

        public ServiceProcess? Process { get; set; }
    }
}
